// x read as vectors of four
// One thread reads four values at a time.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
fn ld_x(i: u32) -> vec4f { return x[i]; }
