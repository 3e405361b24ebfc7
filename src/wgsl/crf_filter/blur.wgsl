// blurred[x] = v[x] + (v[x one step forth on the axis] + v[x one step back]) / 2; blurred[0] = 0
// One thread, striding over (vertex, group), blurs four labels of one vertex.
override GROUPS: u32;
override D: u32;
struct Params { axis: u32 }
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pairs = (D + 2u) / 2u;
  let end = stats[0] * GROUPS;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let four = ld_neighbours(i / GROUPS * pairs + params.axis / 2u);
    let near = vec2u(select(four.xy, four.zw, params.axis % 2u == 1u));
    let g = i % GROUPS;
    st_blurred(i, ld_v(i) + 0.5 * (ld_v(near.x * GROUPS + g) + ld_v(near.y * GROUPS + g)));
  }
}
