// packed[(c / BK * taps + tap) * BK + c % BK][m] = w[m,c,tap], zero beyond c and m
// One thread packs one quad of m.
override BK: u32 = 8;
struct Params { quads: u32, m: u32, c: u32, taps: u32, m_step: u32, c_step: u32, size: u32 }
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn weight(m: u32, at: u32) -> f32 { return select(0.0, w[m * params.m_step + at], m < params.m); }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let m = 4 * (i % params.quads);
  let k = i / params.quads;
  let c = k / (BK * params.taps) * BK + k % BK;
  let at = c * params.c_step + k / BK % params.taps;
  let v = vec4f(weight(m, at), weight(m + 1, at), weight(m + 2, at), weight(m + 3, at));
  packed[i] = select(vec4f(0), v, c < params.c);
}
