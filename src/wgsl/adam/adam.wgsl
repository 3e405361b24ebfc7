// g = dw + weight_decay w; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2
// w = w - rate m / (sqrt(v) root + eps), corrections in rate and root, c = 1 - b; a thread: four.
struct Params {
  size: u32, rate: f32, root: f32, b1: f32, b2: f32, c1: f32, c2: f32, eps: f32,
  weight_decay: f32, shrink: f32,
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
  let before = w[i];
  let g = dw[i] + params.weight_decay * before;
  let first = params.b1 * m[i] + params.c1 * g;
  let second = params.b2 * v[i] + params.c2 * g * g;
  m[i] = first;
  v[i] = second;
  w[i] = params.shrink * before - params.rate * first / (sqrt(second) * params.root + params.eps);
}
