// affine[n,c] = (a, b) so that a x + b = weight (x - mean) / sqrt(var + eps) + bias over c's group of image n
// One thread makes those of one channel of one image; partial[n g,s] holds sums of x - x0 and its square.
struct Params { n: u32, c: u32, groups: u32, plane: u32, parts: u32, count: f32, eps: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> partial: array<vec2f>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> affine: array<vec2f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.n * params.c) { return; }
  let c = id.x % params.c;
  let group = id.x / (params.c / params.groups);
  var sums = vec2f(0);
  for (var k = 0u; k < params.parts; k++) { sums += partial[group * params.parts + k]; }
  let offset = sums.x / params.count;
  let mean = x[group * params.plane] + offset;
  let variance = max(sums.y / params.count - offset * offset, 0);
  let a = weight[c] / sqrt(variance + params.eps);
  affine[id.x] = vec2f(a, bias[c] - a * mean);
}
