// keys, weights: written as texels
// One thread writes through these four at a time.
@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var keys: texture_storage_2d<rgba32float, write>;
@group(0) @binding(2) var weights: texture_storage_2d<rgba32float, write>;
fn st_keys(i: u32, v: vec4f) { textureStore(keys, vec2u(i & 1023u, i >> 10u), v); }
fn st_weights(i: u32, v: vec4f) { textureStore(weights, vec2u(i & 1023u, i >> 10u), v); }
