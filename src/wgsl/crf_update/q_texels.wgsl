// q: read as texels
// One thread reads four labels at a time.
@group(0) @binding(2) var q: texture_storage_2d<rgba32float, read>;
fn ld_q(i: u32) -> vec4f { return textureLoad(q, vec2u(i & 1023u, i >> 10u)); }
