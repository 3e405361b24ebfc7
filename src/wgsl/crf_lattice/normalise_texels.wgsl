// slices, v read as texels
// One thread reads four values at a time.
@group(0) @binding(2) var slices: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v: texture_storage_2d<rgba32float, read>;
fn ld_slices(i: u32) -> vec4f { return textureLoad(slices, vec2u(i & 1023u, i >> 10u)); }
fn ld_v(i: u32) -> vec4f { return textureLoad(v, vec2u(i & 1023u, i >> 10u)); }
