// neighbours, v read, blurred written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var neighbours: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var blurred: texture_storage_2d<rgba32float, write>;
fn ld_neighbours(i: u32) -> vec4f { return textureLoad(neighbours, vec2u(i & 1023u, i >> 10u)); }
fn ld_v(i: u32) -> vec4f { return textureLoad(v, vec2u(i & 1023u, i >> 10u)); }
fn st_blurred(i: u32, x: vec4f) { textureStore(blurred, vec2u(i & 1023u, i >> 10u), x); }
