// n = (before, after): 1 / sqrt(N) twice (MODE 3), 1 / N once (MODE 1 or 2) or ones (MODE 0)
// One thread computes one pixel's; `after` is multiplied by the compatibility.
override MODE: u32;
struct Params { pixels: u32, compat: f32 }
@group(0) @binding(0) var<storage, read_write> n: array<vec4f>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> q: array<vec4f>;
fn ld_q(i: u32) -> vec4f { return q[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  let sum = ld_q(p).x + 1e-20;
  let factor = select(1.0 / sum, inverseSqrt(sum), MODE == 3u);
  let before = select(1.0, factor, MODE == 1u || MODE == 3u);
  n[p] = vec4f(before, params.compat * select(1.0, factor, MODE >= 2u), 0, 0);
}
