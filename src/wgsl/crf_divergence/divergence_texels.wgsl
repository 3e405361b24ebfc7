// q, x read as texels
// One thread reads four labels at a time.
@group(0) @binding(0) var q: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
fn ld_q(i: u32) -> vec4f { return textureLoad(q, vec2u(i & 1023u, i >> 10u)); }
fn ld_x(i: u32) -> vec4f { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
