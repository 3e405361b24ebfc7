// the rows of `a` are not summed
// Declarations only: for products without row_sums.wgsl.
const SUMS = false;
fn put_sums(m: u32, slice: u32, v: vec4f) {}
