// weight written as vectors of four
// One thread writes four values at a time.
@group(0) @binding(3) var<storage, read_write> weight: array<vec4f>;
fn st_weight(i: u32, v: vec4f) { weight[i] = v; }
