// neighbours: written as vectors of four
// One thread writes four vertices at a time.
@group(0) @binding(6) var<storage, read_write> neighbours: array<vec4f>;
fn st_neighbours(i: u32, v: vec4f) { neighbours[i] = v; }
