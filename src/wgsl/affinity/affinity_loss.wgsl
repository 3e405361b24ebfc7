// partial = sums of -log(a + e) over pairs of background, of one other class, -log(1 + e - a) over pairs
// of two classes, and their numbers; one thread sums the pairs of one first pixel, ignoring label 255.
override R: i32;
struct Params { n: u32, h: u32, w: u32, left: u32, rows: u32, columns: u32, offsets: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let area = params.rows * params.columns;
  let n = t / area;
  if (n >= params.n) { return; }
  let p = t % area;
  let y = i32(p / params.columns);
  let x = i32(p % params.columns + params.left);
  var sums = vec4f(0);
  var counts = vec4f(0);
  var at = n * params.offsets * area + p;
  for (var dy = 0i; dy < R; dy++) {
    for (var dx = select(1 - R, 1, dy == 0); dx < R; dx++) {
      if (dx * dx + dy * dy < R * R) {
        let kind = kinds(n, vec2i(y, x), vec2i(y + dy, x + dx));
        counts += kind;
        sums -= kind * log(select(a[at], 1 - a[at], kind.z > 0) + 1e-5);
        at += area;
      }
    }
  }
  partial[2u * t] = sums;
  partial[2u * t + 1u] = counts;
}
