// slices, v read, scaled written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> slices: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
fn ld_slices(i: u32) -> vec4f { return slices[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }
@group(0) @binding(4) var<storage, read_write> scaled: array<vec4f>;
fn st_scaled(i: u32, x: vec4f) { scaled[i] = x; }
