// y = the class k_s of the first slot s of the largest x[s]; slots without a class do not count
// One thread handles V neighbouring pixels.
override SLOTS: u32;
struct Params { hw: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> present: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<U>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let row = id.y * SLOTS;
  var best = U(0);
  var top = V(-3.4e38);
  for (var s = 0u; s < SLOTS; s++) {
    let k = present[row + s];
    if (k == 0xffffffffu) { continue; }
    let v = x[(row + s) * params.hw + id.x];
    best = select(best, U(k), v > top);
    top = max(top, v);
  }
  y[id.y * params.hw + id.x] = best;
}
