// Where a pass along columns reads: a storage buffer.
// Declarations only.
@group(0) @binding(0) var<storage, read> x: array<V>;
fn ld(i: u32) -> V { return x[i]; }
