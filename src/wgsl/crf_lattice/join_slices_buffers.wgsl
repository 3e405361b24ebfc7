// slices read, joined written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> slices: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> joined: array<vec4f>;
fn ld_slices(i: u32) -> vec4f { return slices[i]; }
fn st_joined(i: u32, x: vec4f) { joined[i] = x; }
