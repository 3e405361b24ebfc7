// da = dy share / count (-1 / (a + e)) where both pixels are of one class, 1 / (1 + e - a) where not
// One thread computes the pairs of one first pixel; factors = share / count by kind of pair.
override R: i32;
struct Params { n: u32, h: u32, w: u32, left: u32, rows: u32, columns: u32, offsets: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> factors: array<vec4f>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> da: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let area = params.rows * params.columns;
  let n = t / area;
  if (n >= params.n) { return; }
  let p = t % area;
  let y = i32(p / params.columns);
  let x = i32(p % params.columns + params.left);
  let factor = dy[0] * factors[0];
  var at = n * params.offsets * area + p;
  for (var down = 0i; down < R; down++) {
    for (var right = select(1 - R, 1, down == 0); right < R; right++) {
      if (right * right + down * down < R * R) {
        let kind = kinds(n, vec2i(y, x), vec2i(y + down, x + right));
        let slope = dot(factor.xy, kind.xy) / -(a[at] + 1e-5);
        da[at] = slope + factor.z * kind.z / (1 - a[at] + 1e-5);
        at += area;
      }
    }
  }
}
