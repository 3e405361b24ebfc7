// y = sum of first / sum of second, norm = 1 / sum of second; both 0 when that sum is 0
// A single thread adds up pairs.
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> pairs: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> norm: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  var sum = vec2f(0);
  for (var k = 0u; k < params.count; k++) { sum += pairs[k]; }
  let inverse = select(0.0, 1 / sum.y, sum.y > 0);
  y[0] = sum.x * inverse;
  norm[0] = inverse;
}
