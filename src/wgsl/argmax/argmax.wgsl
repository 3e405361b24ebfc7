// y = the first class c of the largest x[c] among those allowed, 0 when none is
// One thread handles V neighbouring pixels.
override SOME: bool;
override C: u32;
struct Params { hw: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> allowed: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<U>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let base = id.y * C * params.hw + id.x;
  var best = U(0);
  var top = V(0);
  var none = true;
  for (var k = 0u; k < C; k++) {
    if (SOME) {
      if ((allowed[id.y * C + k] & 0x7fffffffu) == 0) { continue; }
    }
    let v = x[base + k * params.hw];
    if (none) {
      top = v;
      best = U(k);
      none = false;
    } else {
      best = select(best, U(k), v > top);
      top = max(top, v);
    }
  }
  y[id.y * params.hw + id.x] = best;
}
