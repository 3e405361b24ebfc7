// dbias = sum dy, dweight = sum dy xhat; dx = k.x dy + k.y x + k.z with k of these
// Declares `finish`, which takes both sums; nothing runs by itself.
@group(0) @binding(1) var<storage, read> affine: array<vec2f>;
@group(0) @binding(2) var<storage, read> moments: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(4) var<storage, read_write> dbias: array<f32>;
@group(0) @binding(5) var<storage, read_write> factors: array<vec4f>;

fn finish(c: u32, sums: vec2f) {
  dbias[c] = sums.x;
  dweight[c] = sums.y;
  let a = affine[c].x;
  let moment = moments[c];
  let slope = -a * moment.y * sums.y / params.count;
  factors[c] = vec4f(a, slope, -a * sums.x / params.count - slope * moment.x, 0);
}
