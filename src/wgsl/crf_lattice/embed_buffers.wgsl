// keys, weights: written as vectors of four
// One thread writes through these four at a time.
@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read_write> keys: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> weights: array<vec4f>;
fn st_keys(i: u32, v: vec4f) { keys[i] = v; }
fn st_weights(i: u32, v: vec4f) { weights[i] = v; }
