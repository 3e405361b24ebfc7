// y[s] = min(log sum_c exp(x[c]) - x[k_s], most), k_s the class of slot s; 1e30 for a slot without one
// One thread handles V neighbouring pixels.
override C: u32;
override SLOTS: u32;
struct Params { hw: u32, most: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> present: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let base = id.y * C * params.hw + id.x;
  var top = V(-3.4e38);
  var sum = V(0);
  for (var k = 0u; k < C; k++) {
    let v = x[base + k * params.hw];
    let higher = max(top, v);
    sum = sum * exp(top - higher) + exp(v - higher);
    top = higher;
  }
  let all = top + log(sum);
  for (var s = 0u; s < SLOTS; s++) {
    let k = present[id.y * SLOTS + s];
    var energy = V(1e30);
    if (k < C) { energy = min(all - x[base + k * params.hw], V(params.most)); }
    y[(id.y * SLOTS + s) * params.hw + id.x] = energy;
  }
}
