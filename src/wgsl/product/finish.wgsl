// act(v + bias[channel]), which is added to y where ADD
// What a product's store, or the sum of its slices, does with finished sums.
override BIAS: bool = false;
override ACT: u32 = 0; // 1 ReLU, 2 ReLU6
override ADD: bool = false;
@group(0) @binding(4) var<storage, read> bias: array<f32>;

fn finished(channel: u32, value: vec4f) -> vec4f {
  var v = value;
  if (BIAS) { v += vec4f(bias[channel]); }
  if (ACT == 1) { v = max(v, vec4f(0)); }
  if (ACT == 2) { v = clamp(v, vec4f(0), vec4f(6)); }
  return v;
}
