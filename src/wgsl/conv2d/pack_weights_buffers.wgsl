// Where packing reads and writes: buffers.
// Declarations only.
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;
fn st(i: u32, v: vec4f) { packed[i] = v; }
