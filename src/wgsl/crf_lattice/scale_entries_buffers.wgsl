// entries read, scaled written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> entries: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> scaled: array<vec4f>;
fn ld_entries(i: u32) -> vec4f { return entries[i]; }
fn st_scaled(i: u32, v: vec4f) { scaled[i] = v; }
