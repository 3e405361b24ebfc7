// y = the first class c of the largest p[c] among those with least[c] <= 1, if p[c] > least[c]; or 255
// One thread handles V neighbouring pixels.
override C: u32;
struct Params { hw: u32 }
@group(0) @binding(0) var<storage, read> p: array<V>;
@group(0) @binding(1) var<storage, read> least: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<U>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let base = id.y * C * params.hw + id.x;
  var best = U(255);
  var top = V(-1);
  for (var k = 0u; k < C; k++) {
    let bound = least[id.y * C + k];
    if (bound > 1) { continue; }
    let v = p[base + k * params.hw];
    best = select(best, select(U(255), U(k), v > V(bound)), v > top);
    top = max(top, v);
  }
  y[id.y * params.hw + id.x] = best;
}
