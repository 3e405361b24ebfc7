// y[c] = exp(x[c] - top) / sum_k exp(x[k] - top), or where LOG its logarithm
// One thread computes V neighbouring pixels, all their channels.
override LOG: bool;
struct Params { c: u32, hw: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let first = id.y * params.c * params.hw + id.x;
  let end = first + params.c * params.hw;
  var top = x[first];
  for (var i = first; i < end; i += params.hw) { top = max(top, x[i]); }
  var sum = V(0);
  for (var i = first; i < end; i += params.hw) { sum += exp(x[i] - top); }
  if (LOG) {
    let all = top + log(sum);
    for (var i = first; i < end; i += params.hw) { y[i] = x[i] - all; }
  } else {
    let inverse = 1 / sum;
    for (var i = first; i < end; i += params.hw) { y[i] = exp(x[i] - top) * inverse; }
  }
}
