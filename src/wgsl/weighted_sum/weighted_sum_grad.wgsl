// dx_i = weight_i dy for COUNT tensors
// One thread writes four elements of each.
override COUNT: u32 = 4; // 2 to 4; the others are not written
struct Params { quads: u32, weight0: f32, weight1: f32, weight2: f32, weight3: f32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dx0: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx1: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx2: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dx3: array<vec4f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.quads) { return; }
  let d = dy[i];
  dx0[i] = params.weight0 * d;
  dx1[i] = params.weight1 * d;
  if (COUNT > 2) { dx2[i] = params.weight2 * d; }
  if (COUNT > 3) { dx3[i] = params.weight3 * d; }
}
