// dz = dy (sigmoid(z) - t) / size
// One thread computes four elements.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> z: array<vec4f>;
@group(0) @binding(1) var<storage, read> labels: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dz: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  dz[i] = dy[0] / f32(params.size) * (1 / (1 + exp(-z[i])) - labels[i]);
}
