// y = A where w >= 0, else K, with F[c] 1 for a collapsed class c and
// w = sigmoid(dK) - sigmoid(dA) + difference - pull(K) + pull(A), pull(c) = background [c = 0] + flag F[c]
// One thread decides one pixel.
struct Params { hw: u32, classes: u32, difference: f32, background: f32, flag: f32 }
@group(0) @binding(0) var<storage, read> knowledge: array<u32>;
@group(0) @binding(1) var<storage, read> advice: array<u32>;
@group(0) @binding(2) var<storage, read> change_k: array<f32>;
@group(0) @binding(3) var<storage, read> change_a: array<f32>;
@group(0) @binding(4) var<storage, read> flags: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<u32>;
@group(0) @binding(6) var<uniform> params: Params;

fn pull(n: u32, c: u32) -> f32 {
  if (c >= params.classes) { return 0; }
  return params.flag * flags[n * params.classes + c] + select(0.0, params.background, c == 0);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let i = id.y * params.hw + id.x;
  let k = knowledge[i];
  let a = advice[i];
  let change = 1 / (1 + exp(-change_k[i])) - 1 / (1 + exp(-change_a[i]));
  let w = change + params.difference - pull(id.y, k) + pull(id.y, a);
  y[i] = select(k, a, w >= 0);
}
