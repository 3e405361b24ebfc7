// q: read as vectors of four
// One thread reads four labels at a time.
@group(0) @binding(2) var<storage, read> q: array<vec4f>;
fn ld_q(i: u32) -> vec4f { return q[i]; }
