// a = weight / sqrt(var + eps), b = bias - a mean; running = (1 - momentum) running + momentum (mean, var count / (count - 1))
// Declares `finish`, which takes the sums of x - shift and of its square over the batch, and `finish_with`,
// which takes mean and variance; nothing runs by itself.
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> running_var: array<f32>;
@group(0) @binding(5) var<storage, read_write> affine: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;

fn finish(c: u32, sums: vec2f, shift: f32) {
  let offset = sums.x / params.count;
  finish_with(c, shift + offset, max(sums.y / params.count - offset * offset, 0));
}

fn finish_with(c: u32, mean: f32, variance: f32) {
  let inverse = 1 / sqrt(variance + params.eps);
  let a = weight[c] * inverse;
  affine[c] = vec2f(a, bias[c] - a * mean);
  moments[c] = vec2f(mean, inverse);
  let unbiased = variance * params.count / max(params.count - 1, 1);
  running_mean[c] += params.momentum * (mean - running_mean[c]);
  running_var[c] += params.momentum * (unbiased - running_var[c]);
}
