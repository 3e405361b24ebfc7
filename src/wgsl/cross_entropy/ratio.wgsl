// y = sum of first / sum of second, norm = 1 / sum of second; both 0 when that sum is 0
// One workgroup of T threads adds up pairs, in a fixed order.
override T: u32 = 256; // a power of two; 1 on software drivers
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> pairs: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> norm: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
alias Sums = vec2f;
var<workgroup> shared_sums: array<vec2f, 256>;

@compute @workgroup_size(T)
fn main(@builtin(local_invocation_index) t: u32) {
  var sum = vec2f(0);
  for (var k = t; k < params.count; k += T) { sum += pairs[k]; }
  sum = added(sum, t);
  if (t > 0) { return; }
  let inverse = select(0.0, 1 / sum.y, sum.y > 0);
  y[0] = sum.x * inverse;
  norm[0] = inverse;
}
