// f read as texels
// One thread reads four values at a time.
@group(0) @binding(2) var f: texture_storage_2d<rgba32float, read>;
fn ld_f(i: u32) -> vec4f { return textureLoad(f, vec2u(i & 1023u, i >> 10u)); }
