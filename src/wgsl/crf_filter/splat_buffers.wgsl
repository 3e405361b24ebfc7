// entries, segments, q read, sums written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> entries: array<vec4f>;
@group(0) @binding(3) var<storage, read> segments: array<vec4f>;
@group(0) @binding(4) var<storage, read> q: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4f>;
fn ld_entries(i: u32) -> vec4f { return entries[i]; }
fn ld_segments(i: u32) -> vec4f { return segments[i]; }
fn ld_q(i: u32) -> vec4f { return q[i]; }
fn st_sums(i: u32, v: vec4f) { sums[i] = v; }
