// neighbours: written as texels
// One thread writes four vertices at a time.
@group(0) @binding(6) var neighbours: texture_storage_2d<rgba32float, write>;
fn st_neighbours(i: u32, v: vec4f) { textureStore(neighbours, vec2u(i & 1023u, i >> 10u), v); }
