// n = 1 / sqrt(alpha K 1 + 1e-20) (MODE 3), 1 / (alpha K 1 + 1e-20) (MODE 1 before, 2 after), 1 (MODE 0)
// One thread computes one pixel's n, and scales its slicing weights by compat alpha n.
override D: u32;
override MODE: u32;
struct Params { pixels: u32, compat: f32 }
@group(0) @binding(0) var<storage, read_write> n: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  let pairs = (D + 2u) / 2u;
  let alpha = 1.0 / (1.0 + exp2(-f32(D)));
  var sum = 0.0;
  for (var t = 0u; t < pairs; t++) {
    let pair = ld_slices(p * pairs + t);
    sum += pair.y * ld_v(u32(pair.x)).x + pair.w * ld_v(u32(pair.z)).x;
  }
  sum = sum * alpha + 1e-20;
  var both = 1.0;
  if (MODE == 3u) { both = inverseSqrt(sum); }
  if (MODE == 1u || MODE == 2u) { both = 1.0 / sum; }
  n[p] = select(1.0, both, MODE == 1u || MODE == 3u);
  let scale = params.compat * alpha * select(1.0, both, MODE >= 2u);
  for (var t = 0u; t < pairs; t++) {
    let pair = ld_slices(p * pairs + t);
    st_scaled(p * pairs + t, vec4f(pair.x, pair.y * scale, pair.z, pair.w * scale));
  }
}
