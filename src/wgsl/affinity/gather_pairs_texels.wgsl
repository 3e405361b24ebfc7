// weight, x read, y written as texels
// One thread moves four values at a time.
@group(0) @binding(1) var weight: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var y: texture_storage_2d<rgba32float, write>;
fn ld_weight(i: u32) -> vec4f { return textureLoad(weight, vec2u(i & 1023u, i >> 10u)); }
fn ld_x(i: u32) -> vec4f { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
fn st_y(i: u32, v: vec4f) { textureStore(y, vec2u(i & 1023u, i >> 10u), v); }
