// weight, x read, y written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
fn ld_weight(i: u32) -> vec4f { return weight[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }
fn st_y(i: u32, v: vec4f) { y[i] = v; }
