// everything read and written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(1) var<storage, read> scores: array<vec4f>;
@group(0) @binding(2) var<storage, read> slices0: array<vec4f>;
@group(0) @binding(3) var<storage, read> v0: array<vec4f>;
@group(0) @binding(4) var<storage, read> slices1: array<vec4f>;
@group(0) @binding(5) var<storage, read> v1: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> q: array<vec4f>;
fn ld_scores(i: u32) -> vec4f { return scores[i]; }
fn ld_slices0(i: u32) -> vec4f { return slices0[i]; }
fn ld_v0(i: u32) -> vec4f { return v0[i]; }
fn ld_slices1(i: u32) -> vec4f { return slices1[i]; }
fn ld_v1(i: u32) -> vec4f { return v1[i]; }
fn st_q(i: u32, x: vec4f) { q[i] = x; }
