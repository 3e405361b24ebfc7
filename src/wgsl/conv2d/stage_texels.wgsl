// Where staging reads and writes: buffers in, texels out.
// Declarations only.
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var staged: texture_storage_2d<rgba32float, write>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }
fn ld_y(i: u32) -> vec4f { return y[i]; }
fn st(i: u32, v: vec4f) { textureStore(staged, vec2u(i & 1023u, i >> 10u), v); }
