// y = sum_i weight_i x_i over COUNT tensors
// One thread adds up four elements.
override COUNT: u32 = 4; // 2 to 4; the others are not read
struct Params { quads: u32, weight0: f32, weight1: f32, weight2: f32, weight3: f32 }
@group(0) @binding(0) var<storage, read> x0: array<vec4f>;
@group(0) @binding(1) var<storage, read> x1: array<vec4f>;
@group(0) @binding(2) var<storage, read> x2: array<vec4f>;
@group(0) @binding(3) var<storage, read> x3: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.quads) { return; }
  var sum = params.weight0 * x0[i] + params.weight1 * x1[i];
  if (COUNT > 2) { sum += params.weight2 * x2[i]; }
  if (COUNT > 3) { sum += params.weight3 * x3[i]; }
  y[i] = sum;
}
