// (w, m, v) = updated(w, m, v, dw)
// One thread updates four elements.
struct Params {
  size: u32, rate: f32, weight_decay: f32, shrink: f32,
  root: f32, b1: f32, b2: f32, c1: f32, c2: f32, eps: f32,
}
@group(0) @binding(0) var<storage, read> dw: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  let four = Four(w[i], m[i], v[i]);
  let next = updated(four, dw[i], params.rate, params.weight_decay, params.shrink);
  w[i] = next.w;
  m[i] = next.m;
  v[i] = next.v;
}
