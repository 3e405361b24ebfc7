// (w, m, v) = updated(w, m, v, dw), of two parameters
// One thread updates four elements, those of the second parameter after those of the first.
struct Params {
  size: u32, rate: f32, weight_decay: f32, shrink: f32,
  size2: u32, rate2: f32, weight_decay2: f32, shrink2: f32,
  root: f32, b1: f32, b2: f32, c1: f32, c2: f32, eps: f32,
}
@group(0) @binding(0) var<storage, read> dw: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(4) var<storage, read> dw2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> w2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> m2: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v2: array<vec4f>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let quads = (params.size + 3u) / 4u;
  if (i < quads) {
    let four = Four(w[i], m[i], v[i]);
    let next = updated(four, dw[i], params.rate, params.weight_decay, params.shrink);
    w[i] = next.w;
    m[i] = next.m;
    v[i] = next.v;
    return;
  }
  let j = i - quads;
  if (4u * j >= params.size2) { return; }
  let four = Four(w2[j], m2[j], v2[j]);
  let next = updated(four, dw2[j], params.rate2, params.weight_decay2, params.shrink2);
  w2[j] = next.w;
  m2[j] = next.m;
  v2[j] = next.v;
}
