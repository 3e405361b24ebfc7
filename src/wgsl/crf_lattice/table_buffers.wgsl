// keys: read as vectors of four
// One thread loads one key at a time.
@group(0) @binding(0) var<storage, read> keys: array<vec4f>;
fn ld_key(i: u32) -> vec4f { return keys[i]; }
