// v[vertex] = before[vertex] + sum of the sums of its segments; v[0] = 0
// One thread, striding over (vertex, chunk of labels), sums SPAN groups of one vertex.
override GROUPS: u32;
override SPAN: u32;
// MORE: `before` holds what other blocks of pixels put on the vertices, else zeros stand for it.
// SHARES: the result is multiplied by inverse[vertex]; PACKED: eight labels to a texel.
override MORE: bool;
override SHARES: bool;
override PACKED: bool;
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(1) var<storage, read> inverse: array<f32>;
@group(0) @binding(2) var<storage, read> runs: array<vec4f>;
@group(0) @binding(3) var<storage, read> sums: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(5) var<storage, read> before: array<vec4f>;
fn ld_runs(i: u32) -> vec4f { return runs[i]; }
fn ld_sums(i: u32) -> vec4f { return sums[i]; }
fn ld_before(i: u32) -> vec4f { return before[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = GROUPS / SPAN;
  let end = stats[0] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let vertex = i / chunks;
    let pair = ld_runs(vertex / 2u);
    let run = vec2u(select(pair.xy, pair.zw, vertex % 2u == 1u));
    var sum = array<vec4f, 9>();
    if (MORE) {
      for (var g = 0u; g < SPAN; g++) { sum[g] = ld_before(i * SPAN + g); }
    }
    // Written out: an inner loop keeps its bounds checks (naga).
    for (var s = run.x; s < run.y; s++) {
      let o = s * GROUPS + i % chunks * SPAN;
      sum[0] += ld_sums(o);
      if (SPAN > 1u) { sum[1] += ld_sums(o + 1u); }
      if (SPAN > 2u) { sum[2] += ld_sums(o + 2u); }
      if (SPAN > 3u) { sum[3] += ld_sums(o + 3u); }
      if (SPAN > 4u) { sum[4] += ld_sums(o + 4u); }
      if (SPAN > 5u) { sum[5] += ld_sums(o + 5u); }
      if (SPAN > 6u) { sum[6] += ld_sums(o + 6u); }
      if (SPAN > 7u) { sum[7] += ld_sums(o + 7u); }
    }
    if (SHARES) {
      let scale = inverse[vertex];
      for (var g = 0u; g < SPAN; g++) { sum[g] *= scale; }
    }
    if (PACKED) {
      let texels = (SPAN + 1u) / 2u;
      for (var t = 0u; t < texels; t++) {
        v[i * texels + t] = packed(sum[2u * t], sum[2u * t + 1u]);
      }
    } else {
      for (var g = 0u; g < SPAN; g++) { v[i * SPAN + g] = sum[g]; }
    }
  }
}
