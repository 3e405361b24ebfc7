// dbias = sum dy, dweight = sum dy xhat; dx = k.x dy + k.y x + k.z with k of these
// One thread folds one channel.
struct Params { c: u32, parts: u32, count: f32 }
@group(0) @binding(0) var<storage, read> partial: array<vec2f>;
@group(0) @binding(1) var<storage, read> affine: array<vec2f>;
@group(0) @binding(2) var<storage, read> moments: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(4) var<storage, read_write> dbias: array<f32>;
@group(0) @binding(5) var<storage, read_write> factors: array<vec4f>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  var sums = vec2f(0);
  for (var k = 0u; k < params.parts; k++) { sums += partial[c * params.parts + k]; }
  dbias[c] = sums.x;
  dweight[c] = sums.y;
  let a = affine[c].x;
  let moment = moments[c];
  let slope = -a * moment.y * sums.y / params.count;
  factors[c] = vec4f(a, slope, -a * sums.x / params.count - slope * moment.x, 0);
}
