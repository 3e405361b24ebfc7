// everything read and written as texels
// One thread moves four values at a time.
@group(0) @binding(1) var scores: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var slices0: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v0: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var slices1: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var v1: texture_storage_2d<rgba32float, read>;
@group(0) @binding(6) var q: texture_storage_2d<rgba32float, write>;
fn ld_scores(i: u32) -> vec4f { return textureLoad(scores, vec2u(i & 1023u, i >> 10u)); }
fn ld_slices0(i: u32) -> vec4f { return textureLoad(slices0, vec2u(i & 1023u, i >> 10u)); }
fn ld_v0(i: u32) -> vec4f { return textureLoad(v0, vec2u(i & 1023u, i >> 10u)); }
fn ld_slices1(i: u32) -> vec4f { return textureLoad(slices1, vec2u(i & 1023u, i >> 10u)); }
fn ld_v1(i: u32) -> vec4f { return textureLoad(v1, vec2u(i & 1023u, i >> 10u)); }
fn st_q(i: u32, x: vec4f) { textureStore(q, vec2u(i & 1023u, i >> 10u), x); }
