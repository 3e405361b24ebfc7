// weights read, entries written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(4) var<storage, read> weights: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> entries: array<vec4f>;
fn ld_weights(i: u32) -> vec4f { return weights[i]; }
fn st_entries(i: u32, v: vec4f) { entries[i] = v; }
