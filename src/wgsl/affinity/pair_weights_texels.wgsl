// weight written as texels
// One thread writes four values at a time.
@group(0) @binding(3) var weight: texture_storage_2d<rgba32float, write>;
fn st_weight(i: u32, v: vec4f) { textureStore(weight, vec2u(i & 1023u, i >> 10u), v); }
