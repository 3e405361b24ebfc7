// scores: written as texels
// One thread writes four labels at a time.
@group(0) @binding(2) var scores: texture_storage_2d<rgba32float, write>;
fn st_scores(i: u32, v: vec4f) { textureStore(scores, vec2u(i & 1023u, i >> 10u), v); }
