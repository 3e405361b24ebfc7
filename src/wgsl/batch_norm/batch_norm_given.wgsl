// of a given mean and variance: a = weight / sqrt(var + eps), b = bias - a mean; one thread a channel;
// running = (1 - momentum) running + momentum (mean, var count / (count - 1)).
struct Params { c: u32, count: f32, eps: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> given: array<vec2f>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_var: array<f32>;
@group(0) @binding(5) var<storage, read_write> affine: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  let mean = given[c].x;
  let variance = given[c].y;
  let inverse = 1 / sqrt(variance + params.eps);
  let a = weight[c] * inverse;
  affine[c] = vec2f(a, bias[c] - a * mean);
  moments[c] = vec2f(mean, inverse);
  let unbiased = variance * params.count / max(params.count - 1, 1);
  running_mean[c] += params.momentum * (mean - running_mean[c]);
  running_var[c] += params.momentum * (unbiased - running_var[c]);
}
