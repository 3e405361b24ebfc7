// everything read and written as texels
// One thread moves four values at a time.
@group(0) @binding(1) var f: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var n: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var q: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var scores: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var sums: texture_storage_2d<rgba32float, write>;
fn ld_f(i: u32) -> vec4f { return textureLoad(f, vec2u(i & 1023u, i >> 10u)); }
fn ld_n(i: u32) -> vec4f { return textureLoad(n, vec2u(i & 1023u, i >> 10u)); }
fn ld_q(i: u32) -> vec4f { return textureLoad(q, vec2u(i & 1023u, i >> 10u)); }
fn ld_scores(i: u32) -> vec4f { return textureLoad(scores, vec2u(i & 1023u, i >> 10u)); }
fn st_sums(i: u32, v: vec4f) { textureStore(sums, vec2u(i & 1023u, i >> 10u), v); }
