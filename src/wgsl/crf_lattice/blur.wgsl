// sums[x] = v[x] + (v[forth] + v[back]) / 2, one step on the axis; links[x] = (forth, back, a, b) with
// a = v[forth] / (2 sums[x]), b = v[back] / (2 sums[x])
// One thread, striding over the vertices, blurs the sum over all labels on one. sums[0] = 0.
override D: u32;
struct Params { axis: u32, first: u32 }
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> neighbours: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> links: array<vec4f>;
fn ld_neighbours(i: u32) -> vec4f { return neighbours[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pairs = (D + 2u) / 2u;
  let end = stats[0];
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let four = ld_neighbours(i * pairs + params.axis / 2u);
    let near = select(four.xy, four.zw, params.axis % 2u == 1u);
    let parts = 0.5 * vec2f(ld_v(u32(near.x)).x, ld_v(u32(near.y)).x);
    let sum = ld_v(i).x + parts.x + parts.y;
    sums[i] = vec4f(sum);
    links[params.first + i] = vec4f(near, select(vec2f(), parts / sum, sum > 1e-30));
  }
}
