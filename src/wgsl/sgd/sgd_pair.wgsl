// v = momentum v + dw + weight_decay w; w = w - lr v, of two parameters
// One thread updates four elements, those of the second parameter after those of the first.
struct Params {
  size: u32, lr: f32, weight_decay: f32, size2: u32, lr2: f32, weight_decay2: f32, momentum: f32,
}
@group(0) @binding(0) var<storage, read> dw: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> dw2: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> w2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> v2: array<vec4f>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let quads = (params.size + 3u) / 4u;
  if (i < quads) {
    let before = w[i];
    let step = params.momentum * v[i] + dw[i] + params.weight_decay * before;
    v[i] = step;
    w[i] = before - params.lr * step;
    return;
  }
  let j = i - quads;
  if (4u * j >= params.size2) { return; }
  let before = w2[j];
  let step = params.momentum * v2[j] + dw2[j] + params.weight_decay2 * before;
  v2[j] = step;
  w2[j] = before - params.lr2 * step;
}
