// y = 255 where visible = 255, mask elsewhere
// One thread decides four pixels.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> mask: array<vec4u>;
@group(0) @binding(1) var<storage, read> visible: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  y[i] = select(mask[i], vec4u(255), visible[i] == vec4u(255));
}
