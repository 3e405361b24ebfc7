// Where the bias gradient reads and writes: buffers.
// Declarations only.
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> db: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }
