// sums[s] = sum over the entries (pixel, weight) of segment (begin, end, s) of weight q[pixel]
// One thread, striding over (segment, chunk of labels), sums SPAN groups of four labels.
override GROUPS: u32;
override SPAN: u32;
override PACKED: bool;
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
      // A texel at either end may hold an entry of a neighbouring segment.
      let a = select(e.y, 0.0, 2u * k < range.x);
      let b = select(e.w, 0.0, 2u * k + 1u >= range.y);
      let p = (u32(i32(e.x)) * chunks + chunk) * texels;
      let r = (u32(i32(e.z)) * chunks + chunk) * texels;
      weights += a + b;
      for (var t = 0u; t < texels; t++) {
        let x = ld_q(p + t);
        let y = ld_q(r + t);
        if (PACKED) {
          sum[2u * t] += a * first_four(x) + b * first_four(y);
          if (2u * t + 1u < SPAN) { sum[2u * t + 1u] += a * last_four(x) + b * last_four(y); }
        } else {
          sum[t] += a * x + b * y;
        }
      }
    }
    let zero = select(0.0, 128.0 * weights, PACKED);
    let unit = select(1.0, 1.0 / 32384.0, PACKED);
    for (var g = 0u; g < SPAN; g++) {
      sums[s * GROUPS + chunk * SPAN + g] = (sum[g] - zero) * unit;
    }
  }
}
