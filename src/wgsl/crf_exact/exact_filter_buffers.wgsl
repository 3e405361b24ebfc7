// everything read and written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(1) var<storage, read> f: array<vec4f>;
@group(0) @binding(2) var<storage, read> n: array<vec4f>;
@group(0) @binding(3) var<storage, read> q: array<vec4f>;
@group(0) @binding(4) var<storage, read> scores: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4f>;
fn ld_f(i: u32) -> vec4f { return f[i]; }
fn ld_n(i: u32) -> vec4f { return n[i]; }
fn ld_q(i: u32) -> vec4f { return q[i]; }
fn ld_scores(i: u32) -> vec4f { return scores[i]; }
fn st_sums(i: u32, v: vec4f) { sums[i] = v; }
