// q[p] = softmax(scores[p])
// One thread normalises one pixel of many labels, reading its scores three times.
// PACKED_Q: eight labels to a texel, SPAN groups in whole texels.
override GROUPS: u32;
override SPAN: u32;
override PACKED_Q: bool;
struct Params { pixels: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> q: array<vec4f>;
fn ld_scores(i: u32) -> vec4f { return scores[i]; }

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
  if (PACKED_Q) {
    let halves = (SPAN + 1u) / 2u;
    let chunks = GROUPS / SPAN;
    for (var i = 0u; i < chunks * halves; i++) {
      let g = i / halves * SPAN + 2u * (i % halves);
      var b = vec4f();
      if (2u * (i % halves) + 1u < SPAN) { b = exp(ld_scores(p * GROUPS + g + 1u) - most); }
      q[p * chunks * halves + i] = packed(scale * exp(ld_scores(p * GROUPS + g) - most), scale * b);
    }
  } else {
    for (var g = 0u; g < GROUPS; g++) {
      q[p * GROUPS + g] = scale * exp(ld_scores(p * GROUPS + g) - most);
    }
  }
}
