// links, v read, blended written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> links: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> blended: array<vec4f>;
fn ld_links(i: u32) -> vec4f { return links[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }
fn st_blended(i: u32, x: vec4f) { blended[i] = x; }
