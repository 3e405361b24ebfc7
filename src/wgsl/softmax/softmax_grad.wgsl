// dx[c] = y[c] (dy[c] - sum_k y[k] dy[k]), or where LOG dy[c] - exp(y[c]) sum_k dy[k]
// One thread computes V neighbouring pixels, all their channels.
override LOG: bool;
struct Params { c: u32, hw: u32 }
@group(0) @binding(0) var<storage, read> y: array<V>;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read_write> dx: array<V>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let first = id.y * params.c * params.hw + id.x;
  let end = first + params.c * params.hw;
  var sum = V(0);
  for (var i = first; i < end; i += params.hw) {
    if (LOG) { sum += dy[i]; } else { sum += y[i] * dy[i]; }
  }
  for (var i = first; i < end; i += params.hw) {
    if (LOG) { dx[i] = dy[i] - exp(y[i]) * sum; } else { dx[i] = y[i] * (dy[i] - sum); }
  }
}
