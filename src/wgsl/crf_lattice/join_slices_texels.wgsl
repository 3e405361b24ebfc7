// slices read, joined written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var slices: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var joined: texture_storage_2d<rgba32float, write>;
fn ld_slices(i: u32) -> vec4f { return textureLoad(slices, vec2u(i & 1023u, i >> 10u)); }
fn st_joined(i: u32, x: vec4f) { textureStore(joined, vec2u(i & 1023u, i >> 10u), x); }
