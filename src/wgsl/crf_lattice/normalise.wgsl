// n = (before, after): 1 / sqrt(N) twice (MODE 3), 1 / N once (MODE 1 or 2), ones (MODE 0); N = alpha K 1
// One thread computes one pixel's; `after` is multiplied by alpha and the compatibility.
override D: u32;
override MODE: u32;
struct Params { pixels: u32, compat: f32 }
@group(0) @binding(0) var<storage, read_write> n: array<vec2f>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> slices: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
fn ld_slices(i: u32) -> vec4f { return slices[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }

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
  let factor = select(1.0 / sum, inverseSqrt(sum), MODE == 3u);
  let before = select(1.0, factor, MODE == 1u || MODE == 3u);
  n[p] = vec2f(before, params.compat * alpha * select(1.0, factor, MODE >= 2u));
}
