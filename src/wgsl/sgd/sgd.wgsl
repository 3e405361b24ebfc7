// v = momentum v + dw + weight_decay w; w = w - lr v
// One thread updates four elements.
override HEAVY: bool = true; // else there is no v: w = w - lr (dw + weight_decay w)
struct Params {
  quads: u32, start: u32, gradient_start: u32, lr: f32, momentum: f32, weight_decay: f32,
}
@group(0) @binding(0) var<storage, read> dw: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let own = id.x + id.y * groups.x * 64u;
  if (own >= params.quads) { return; }
  let i = params.start + own;
  let before = w[i];
  var step = dw[params.gradient_start + own] + params.weight_decay * before;
  if (HEAVY) {
    step += params.momentum * v[i];
    v[i] = step;
  }
  w[i] = before - params.lr * step;
}
