// y = a + b, a - b or a b
// One thread computes four elements.
override OP: u32;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  if (OP == 0u) { y[i] = a[i] + b[i]; }
  if (OP == 1u) { y[i] = a[i] - b[i]; }
  if (OP == 2u) { y[i] = a[i] * b[i]; }
}
