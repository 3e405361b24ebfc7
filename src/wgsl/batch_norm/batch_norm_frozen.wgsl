// a = weight / sqrt(running_var + eps), b = bias - a running_mean
// One thread folds one channel.
struct Params { c: u32, eps: f32 }
@group(0) @binding(0) var<storage, read> weight: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read> running_mean: array<f32>;
@group(0) @binding(3) var<storage, read> running_var: array<f32>;
@group(0) @binding(4) var<storage, read_write> affine: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> moments: array<vec2f>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  let inverse = 1 / sqrt(running_var[c] + params.eps);
  let a = weight[c] * inverse;
  affine[c] = vec2f(a, bias[c] - a * running_mean[c]);
  moments[c] = vec2f(running_mean[c], inverse);
}
