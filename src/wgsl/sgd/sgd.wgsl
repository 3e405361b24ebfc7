// v = momentum v + dw + weight_decay w; w = w - lr v
// One thread updates four elements.
struct Params { size: u32, lr: f32, momentum: f32, weight_decay: f32 }
@group(0) @binding(0) var<storage, read> dw: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  let before = w[i];
  let step = params.momentum * v[i] + dw[i] + params.weight_decay * before;
  v[i] = step;
  w[i] = before - params.lr * step;
}
