// scores read, q written as texels
// One thread moves four labels at a time.
@group(0) @binding(1) var scores: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var q: texture_storage_2d<rgba32float, write>;
fn ld_scores(i: u32) -> vec4f { return textureLoad(scores, vec2u(i & 1023u, i >> 10u)); }
fn st_q(i: u32, x: vec4f) { textureStore(q, vec2u(i & 1023u, i >> 10u), x); }
