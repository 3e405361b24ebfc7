// sums[m] = sum_k a[k,m]
// What a product also does that has the rows of `a` summed: the gradient by a bias comes with that by the weights.
const SUMS = true;
@group(0) @binding(7) var<storage, read_write> sums: array<f32>;

fn put_sums(m: u32, slice: u32, v: vec4f) {
  let i = slice * params.m + m;
  if (m < params.m) { sums[i] = v.x; }
  if (m + 1 < params.m) { sums[i + 1] = v.y; }
  if (m + 2 < params.m) { sums[i + 2] = v.z; }
  if (m + 3 < params.m) { sums[i + 3] = v.w; }
}
