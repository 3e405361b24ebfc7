// partial = sum weight[t] (log sum_c exp(x[c]) - x[t]), sum weight[t]; lse = log sum_c exp(x[c])
// One thread handles V neighbouring pixels; a target that is `ignore` or no class counts nothing.
override C: u32;
override WEIGHTED: bool;
struct Params { hw: u32, ignored: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> labels: array<U>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> lse: array<V>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec2f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let pixel = id.y * params.hw + id.x;
  let base = id.y * C * params.hw + id.x;
  let label = labels[pixel];
  // In one loop: a second one over the same values took nine times as long on llvmpipe.
  var top = V(-3.4e38);
  var sum = V(0);
  var chosen = V(0);
  var share = V(1);
  for (var k = 0u; k < C; k++) {
    let v = x[base + k * params.hw];
    let higher = max(top, v);
    sum = sum * exp(top - higher) + exp(v - higher);
    top = higher;
    chosen = select(chosen, v, label == U(k));
    if (WEIGHTED) { share = select(share, V(weight[k]), label == U(k)); }
  }
  let all = top + log(sum);
  lse[pixel] = all;
  let counted = (label != U(params.ignored)) & (label < U(C));
  share = select(V(0), share, counted);
  partial[pixel] = vec2f(total(share * select(V(0), all - chosen, counted)), total(share));
}
