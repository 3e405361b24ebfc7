// sums[s] = sum over the entries (pixel, weight) of segment s of weight q[pixel]
// One thread, striding over (segment, chunk of labels), sums SPAN groups of four labels.
override GROUPS: u32;
override SPAN: u32;
@group(0) @binding(0) var<storage, read> stats: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = GROUPS / SPAN;
  let end = stats[1] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let s = i / chunks;
    let base = (i % chunks) * SPAN;
    let pair = ld_segments(s / 2u);
    let range = vec2u(select(pair.xy, pair.zw, s % 2u == 1u));
    // Declared without a value, it would keep the sums of the iteration before (naga).
    var sum = array<vec4f, 8>();
    for (var k = range.x / 2u; 2u * k < range.y; k++) {
      let e = ld_entries(k);
      // A texel at either end may hold an entry of a neighbouring segment.
      let a = select(e.y, 0.0, 2u * k < range.x);
      let b = select(e.w, 0.0, 2u * k + 1u >= range.y);
      let p = u32(e.x) * GROUPS + base;
      let r = u32(e.z) * GROUPS + base;
      for (var g = 0u; g < SPAN; g++) {
        sum[g] += a * ld_q(p + g) + b * ld_q(r + g);
      }
    }
    for (var g = 0u; g < SPAN; g++) { st_sums(s * GROUPS + base + g, sum[g]); }
  }
}
