// partial = sum_c w t (log t - log p), the first logarithm only where ENTROPY
// One thread handles V neighbouring pixels; p is the softmax of x, or (p + floor) / (1 + c floor)
// where FLOORED; kept = (log sum_c exp(x[c]), sum_c a[c]) with the gradient's a.
override C: u32;
override WEIGHTED: bool;
override FLOORED: bool;
override ENTROPY: bool;
struct Params { hw: u32, floor: f32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> t: array<V>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> kept: array<V>;
@group(0) @binding(4) var<storage, read_write> partial: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let pixel = id.y * params.hw + id.x;
  let base = id.y * C * params.hw + id.x;
  var top = V(-3.4e38);
  var sum = V(0);
  var loss = V(0);
  var all = V(0); // of the target
  for (var k = 0u; k < C; k++) {
    let v = x[base + k * params.hw];
    let higher = max(top, v);
    sum = sum * exp(top - higher) + exp(v - higher);
    top = higher;
    var share = t[base + k * params.hw];
    if (ENTROPY) {
      let own = select(V(0), share * log(max(share, V(1e-37))), share > V(0));
      if (WEIGHTED) { loss += weight[id.y * C + k] * own; } else { loss += own; }
    }
    if (WEIGHTED) { share *= weight[id.y * C + k]; }
    if (!FLOORED) { loss -= share * v; }
    all += share;
  }
  let whole = top + log(sum);
  kept[2 * pixel] = whole;
  if (FLOORED) {
    loss += all * log(1 + f32(C) * params.floor);
    all = V(0);
    for (var k = 0u; k < C; k++) {
      var share = t[base + k * params.hw];
      if (WEIGHTED) { share *= weight[id.y * C + k]; }
      let p = exp(x[base + k * params.hw] - whole);
      loss -= share * log(p + params.floor);
      all += share * p / (p + params.floor);
    }
  } else {
    loss += all * whole;
  }
  kept[2 * pixel + 1] = all;
  partial[pixel] = params.scale * total(loss);
}
