// slices, v read, scaled written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var slices: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v: texture_storage_2d<rgba32float, read>;
fn ld_slices(i: u32) -> vec4f { return textureLoad(slices, vec2u(i & 1023u, i >> 10u)); }
fn ld_v(i: u32) -> vec4f { return textureLoad(v, vec2u(i & 1023u, i >> 10u)); }
@group(0) @binding(4) var scaled: texture_storage_2d<rgba32float, write>;
fn st_scaled(i: u32, x: vec4f) { textureStore(scaled, vec2u(i & 1023u, i >> 10u), x); }
