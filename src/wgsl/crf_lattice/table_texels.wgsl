// keys: read as texels
// One thread loads one key at a time.
@group(0) @binding(0) var keys: texture_storage_2d<rgba32float, read>;
fn ld_key(i: u32) -> vec4f { return textureLoad(keys, vec2u(i & 1023u, i >> 10u)); }
