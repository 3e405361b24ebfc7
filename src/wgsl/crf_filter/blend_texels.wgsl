// links, v read, blended written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var links: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var blended: texture_storage_2d<rgba32float, write>;
fn ld_links(i: u32) -> vec4f { return textureLoad(links, vec2u(i & 1023u, i >> 10u)); }
fn ld_v(i: u32) -> vec4f { return textureLoad(v, vec2u(i & 1023u, i >> 10u)); }
fn st_blended(i: u32, x: vec4f) { textureStore(blended, vec2u(i & 1023u, i >> 10u), x); }
