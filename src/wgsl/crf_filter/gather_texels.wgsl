// runs, sums, before read, v written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var runs: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var sums: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var before: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var v: texture_storage_2d<rgba32float, write>;
fn ld_runs(i: u32) -> vec4f { return textureLoad(runs, vec2u(i & 1023u, i >> 10u)); }
fn ld_sums(i: u32) -> vec4f { return textureLoad(sums, vec2u(i & 1023u, i >> 10u)); }
fn ld_before(i: u32) -> vec4f { return textureLoad(before, vec2u(i & 1023u, i >> 10u)); }
fn st_v(i: u32, x: vec4f) { textureStore(v, vec2u(i & 1023u, i >> 10u), x); }
