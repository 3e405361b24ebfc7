// runs, sums, before read, v written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> runs: array<vec4f>;
@group(0) @binding(3) var<storage, read> sums: array<vec4f>;
@group(0) @binding(5) var<storage, read> before: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> v: array<vec4f>;
fn ld_runs(i: u32) -> vec4f { return runs[i]; }
fn ld_sums(i: u32) -> vec4f { return sums[i]; }
fn ld_before(i: u32) -> vec4f { return before[i]; }
fn st_v(i: u32, x: vec4f) { v[i] = x; }
