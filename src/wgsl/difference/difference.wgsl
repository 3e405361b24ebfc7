// y = 1[a != b]; 255 where both are 255
// One thread compares four pixels.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> a: array<vec4u>;
@group(0) @binding(1) var<storage, read> b: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  let changed = select(vec4u(0), vec4u(1), a[i] != b[i]);
  y[i] = select(changed, vec4u(255), (a[i] & b[i]) == vec4u(255));
}
