// Where packing reads and writes: a buffer in, texels out.
// Declarations only.
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var packed: texture_storage_2d<rgba32float, write>;
@group(0) @binding(2) var<uniform> params: Params;
fn st(i: u32, v: vec4f) { textureStore(packed, vec2u(i & 1023u, i >> 10u), v); }
