// Where staging reads and writes: buffers throughout.
// Declarations only.
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> staged: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }
fn ld_y(i: u32) -> vec4f { return y[i]; }
fn st(i: u32, v: vec4f) { staged[i] = v; }
