// neighbours, v read, sums, links written as texels
// One thread moves four values at a time.
@group(0) @binding(2) var neighbours: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var sums: texture_storage_2d<rgba32float, write>;
@group(0) @binding(5) var links: texture_storage_2d<rgba32float, write>;
fn ld_neighbours(i: u32) -> vec4f { return textureLoad(neighbours, vec2u(i & 1023u, i >> 10u)); }
fn ld_v(i: u32) -> vec4f { return textureLoad(v, vec2u(i & 1023u, i >> 10u)); }
fn st_sums(i: u32, x: vec4f) { textureStore(sums, vec2u(i & 1023u, i >> 10u), x); }
fn st_links(i: u32, x: vec4f) { textureStore(links, vec2u(i & 1023u, i >> 10u), x); }
