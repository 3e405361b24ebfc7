// g = dw + weight_decay w; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2
// w = shrink w - rate m / (sqrt(v) root + eps), corrections in rate and root, c = 1 - b; one thread updates four elements.
struct Params {
  quads: u32, start: u32, gradient_start: u32, rate: f32, weight_decay: f32, shrink: f32,
  root: f32, b1: f32, b2: f32, c1: f32, c2: f32, eps: f32,
}
@group(0) @binding(0) var<storage, read> dw: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let own = id.x + id.y * groups.x * 64u;
  if (own >= params.quads) { return; }
  let i = params.start + own;
  let g = dw[params.gradient_start + own] + params.weight_decay * w[i];
  let first = params.b1 * m[i] + params.c1 * g;
  let second = params.b2 * v[i] + params.c2 * g * g;
  m[i] = first;
  v[i] = second;
  w[i] = params.shrink * w[i] - params.rate * first / (sqrt(second) * params.root + params.eps);
}
