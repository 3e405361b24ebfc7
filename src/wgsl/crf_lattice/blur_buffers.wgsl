// neighbours, v read, sums, links written as vectors of four
// One thread moves four values at a time.
@group(0) @binding(2) var<storage, read> neighbours: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> links: array<vec4f>;
fn ld_neighbours(i: u32) -> vec4f { return neighbours[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }
fn st_sums(i: u32, x: vec4f) { sums[i] = x; }
fn st_links(i: u32, x: vec4f) { links[i] = x; }
