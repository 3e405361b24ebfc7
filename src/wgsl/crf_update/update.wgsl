// q[p] = softmax(scores[p] + sum over the corners (vertex, weight) of p in two lattices of weight v[vertex])
// One thread updates one pixel, or with SOFTMAX false adds the sums to one chunk of its scores.
// PAIRS0 and PAIRS1: texels of two corners a pixel; 0 where there is no lattice.
override GROUPS: u32;
override SPAN: u32;
override PAIRS0: u32;
override PAIRS1: u32;
override SOFTMAX: bool;
struct Params { size: u32 }
@group(0) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let chunks = GROUPS / SPAN;
  let p = i / chunks;
  let base = (i % chunks) * SPAN;
  var x: array<vec4f, 8>;
  for (var g = 0u; g < SPAN; g++) { x[g] = ld_scores(p * GROUPS + base + g); }
  for (var t = 0u; t < PAIRS0; t++) {
    let pair = ld_slices0(p * PAIRS0 + t);
    let a = u32(pair.x) * GROUPS + base;
    let b = u32(pair.z) * GROUPS + base;
    for (var g = 0u; g < SPAN; g++) { x[g] += pair.y * ld_v0(a + g) + pair.w * ld_v0(b + g); }
  }
  for (var t = 0u; t < PAIRS1; t++) {
    let pair = ld_slices1(p * PAIRS1 + t);
    let a = u32(pair.x) * GROUPS + base;
    let b = u32(pair.z) * GROUPS + base;
    for (var g = 0u; g < SPAN; g++) { x[g] += pair.y * ld_v1(a + g) + pair.w * ld_v1(b + g); }
  }
  if (SOFTMAX) {
    var top = x[0];
    for (var g = 1u; g < SPAN; g++) { top = max(top, x[g]); }
    let most = max(max(top.x, top.y), max(top.z, top.w));
    var sum = vec4f();
    for (var g = 0u; g < SPAN; g++) {
      x[g] = exp(x[g] - most);
      sum += x[g];
    }
    let scale = 1.0 / (sum.x + sum.y + sum.z + sum.w);
    for (var g = 0u; g < SPAN; g++) { x[g] *= scale; }
  }
  for (var g = 0u; g < SPAN; g++) { st_q(p * GROUPS + base + g, x[g]); }
}
