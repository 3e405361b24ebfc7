// weights read, entries written as texels
// One thread moves four values at a time.
@group(0) @binding(4) var weights: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var entries: texture_storage_2d<rgba32float, write>;
fn ld_weights(i: u32) -> vec4f { return textureLoad(weights, vec2u(i & 1023u, i >> 10u)); }
fn st_entries(i: u32, v: vec4f) { textureStore(entries, vec2u(i & 1023u, i >> 10u), v); }
