// x read, mixed written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var mixed: texture_storage_2d<rgba32float, write>;
fn ld_x(i: u32) -> vec4f { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
fn st_mixed(i: u32, v: vec4f) { textureStore(mixed, vec2u(i & 1023u, i >> 10u), v); }
