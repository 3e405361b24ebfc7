// Where the convolution reads: buffers.
// Declarations only.
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }
fn ld_w(i: u32) -> vec4f { return w[i]; }
