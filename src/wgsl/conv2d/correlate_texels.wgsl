// Where the convolution reads: texels.
// Declarations only.
@group(0) @binding(0) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var w: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
fn ld_w(i: u32) -> vec4f { return textureLoad(w, vec2u(i & 1023u, i >> 10u)); }
