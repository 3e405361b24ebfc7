// sums[s] = sum over the entries (pixel, weight) of segment (begin, end, s) of weight q[pixel]
// One thread, striding over (segment, chunk of labels), sums SPAN groups of four labels.
override GROUPS: u32;
override SPAN: u32;
override PACKED: bool;
override ONES: bool; // q is 1 everywhere, and not read
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(2) var<storage, read> entries: array<vec4f>;
@group(0) @binding(3) var<storage, read> segments: array<vec4f>;
@group(0) @binding(4) var<storage, read> q: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4f>;
fn ld_entries(i: u32) -> vec4f { return entries[i]; }
fn ld_segments(i: u32) -> vec4f { return segments[i]; }
fn ld_q(i: u32) -> vec4f { return q[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = GROUPS / SPAN;
  let texels = select(SPAN, (SPAN + 1u) / 2u, PACKED);
  let end = stats[1] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let chunk = i % chunks;
    let segment = ld_segments(i / chunks);
    let range = vec2u(segment.xy);
    let s = u32(segment.z);
    // Declared without a value, it would keep the sums of the iteration before (naga).
    var sum = array<vec4f, 8>();
    var weights = 0.0;
    for (var k = range.x / 2u; 2u * k < range.y; k++) {
      let e = ld_entries(k);
      // A texel at either end may hold an entry of a neighbouring segment. Each is added to the sum by
      // itself, so that an image's bits do not depend on which of the two is one.
      let a = select(e.y, 0.0, 2u * k < range.x);
      let b = select(e.w, 0.0, 2u * k + 1u >= range.y);
      let p = (u32(i32(e.x)) * chunks + chunk) * texels;
      let r = (u32(i32(e.z)) * chunks + chunk) * texels;
      weights = weights + a + b;
      if (ONES) { continue; }
      // Written out: an inner loop keeps its bounds checks (naga), which cost more than its sums.
      if (PACKED) {
        let x0 = ld_q(p);
        let y0 = ld_q(r);
        sum[0] = sum[0] + a * first_four(x0) + b * first_four(y0);
        sum[1] = sum[1] + a * last_four(x0) + b * last_four(y0);
        if (SPAN > 2u) {
          let x = ld_q(p + 1u);
          let y = ld_q(r + 1u);
          sum[2] = sum[2] + a * first_four(x) + b * first_four(y);
          sum[3] = sum[3] + a * last_four(x) + b * last_four(y);
        }
        if (SPAN > 4u) {
          let x = ld_q(p + 2u);
          let y = ld_q(r + 2u);
          sum[4] = sum[4] + a * first_four(x) + b * first_four(y);
          sum[5] = sum[5] + a * last_four(x) + b * last_four(y);
        }
        if (SPAN > 6u) {
          let x = ld_q(p + 3u);
          let y = ld_q(r + 3u);
          sum[6] = sum[6] + a * first_four(x) + b * first_four(y);
          sum[7] = sum[7] + a * last_four(x) + b * last_four(y);
        }
      } else {
        sum[0] = sum[0] + a * ld_q(p) + b * ld_q(r);
        if (SPAN > 1u) { sum[1] = sum[1] + a * ld_q(p + 1u) + b * ld_q(r + 1u); }
        if (SPAN > 2u) { sum[2] = sum[2] + a * ld_q(p + 2u) + b * ld_q(r + 2u); }
        if (SPAN > 3u) { sum[3] = sum[3] + a * ld_q(p + 3u) + b * ld_q(r + 3u); }
        if (SPAN > 4u) { sum[4] = sum[4] + a * ld_q(p + 4u) + b * ld_q(r + 4u); }
        if (SPAN > 5u) { sum[5] = sum[5] + a * ld_q(p + 5u) + b * ld_q(r + 5u); }
        if (SPAN > 6u) { sum[6] = sum[6] + a * ld_q(p + 6u) + b * ld_q(r + 6u); }
        if (SPAN > 7u) { sum[7] = sum[7] + a * ld_q(p + 7u) + b * ld_q(r + 7u); }
      }
    }
    let zero = select(0.0, 128.0 * weights, PACKED);
    let unit = select(1.0, 1.0 / 32384.0, PACKED);
    if (ONES) {
      sums[s] = vec4f(weights);
      continue;
    }
    let o = s * GROUPS + chunk * SPAN;
    sums[o] = (sum[0] - zero) * unit;
    if (SPAN > 1u) { sums[o + 1u] = (sum[1] - zero) * unit; }
    if (SPAN > 2u) { sums[o + 2u] = (sum[2] - zero) * unit; }
    if (SPAN > 3u) { sums[o + 3u] = (sum[3] - zero) * unit; }
    if (SPAN > 4u) { sums[o + 4u] = (sum[4] - zero) * unit; }
    if (SPAN > 5u) { sums[o + 5u] = (sum[5] - zero) * unit; }
    if (SPAN > 6u) { sums[o + 6u] = (sum[6] - zero) * unit; }
    if (SPAN > 7u) { sums[o + 7u] = (sum[7] - zero) * unit; }
  }
}
