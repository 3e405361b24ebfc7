// q, x read as vectors of four
// One thread reads four labels at a time.
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
fn ld_q(i: u32) -> vec4f { return q[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }
