// Where a pass along columns reads: texels.
// Declarations only; V is vec4f.
@group(0) @binding(0) var x: texture_storage_2d<rgba32float, read>;
fn ld(i: u32) -> V { return textureLoad(x, vec2u(i & 1023u, i >> 10u)); }
