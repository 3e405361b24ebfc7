// dx[c] = dy weight[t] (exp(x[c] - lse) - 1[c = t]) / sum weight[t], which is added to it where ADD
// One thread computes V neighbouring pixels of one class.
override C: u32;
override WEIGHTED: bool;
override ADD: bool = false;
struct Params { hw: u32, ignored: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> labels: array<U>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> lse: array<V>;
@group(0) @binding(4) var<storage, read> norm: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<V>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let pixel = id.y * params.hw + id.x;
  let base = id.y * C * params.hw + id.x;
  let label = labels[pixel];
  let all = lse[pixel];
  let counted = (label != U(params.ignored)) & (label < U(C));
  var share = V(1);
  if (WEIGHTED) {
    for (var k = 0u; k < C; k++) {
      share = select(share, V(weight[k]), label == U(k));
    }
  }
  share = select(V(0), dy[0] * norm[0] * share, counted);
  for (var k = 0u; k < C; k++) {
    let i = base + k * params.hw;
    var d = share * (exp(x[i] - all) - select(V(0), V(1), label == U(k)));
    if (ADD) { d += dx[i]; }
    dx[i] = d;
  }
}
