// q[p] = softmax(scores[p])
// One thread normalises one pixel of many labels, reading its scores three times.
override GROUPS: u32;
struct Params { pixels: u32 }
@group(0) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  var top = ld_scores(p * GROUPS);
  for (var g = 1u; g < GROUPS; g++) { top = max(top, ld_scores(p * GROUPS + g)); }
  let most = max(max(top.x, top.y), max(top.z, top.w));
  var four = vec4f();
  for (var g = 0u; g < GROUPS; g++) { four += exp(ld_scores(p * GROUPS + g) - most); }
  let scale = 1.0 / (four.x + four.y + four.z + four.w);
  for (var g = 0u; g < GROUPS; g++) {
    st_q(p * GROUPS + g, scale * exp(ld_scores(p * GROUPS + g) - most));
  }
}
