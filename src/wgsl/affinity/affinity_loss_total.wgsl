// mean = sum / (count + 1e-5) of each kind of pair, total = (background + foreground) / 4 + negative / 2
// A single thread; factors are the derivatives of the total by the sums.
@group(0) @binding(0) var<storage, read> sums: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> background: array<f32>;
@group(0) @binding(2) var<storage, read_write> foreground: array<f32>;
@group(0) @binding(3) var<storage, read_write> negative: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> factors: array<vec4f>;

@compute @workgroup_size(1)
fn main() {
  let inverse = 1 / (sums[1] + 1e-5);
  let mean = sums[0] * inverse;
  let share = vec4f(0.25, 0.25, 0.5, 0);
  background[0] = mean.x;
  foreground[0] = mean.y;
  negative[0] = mean.z;
  y[0] = dot(share, mean);
  factors[0] = share * inverse;
}
