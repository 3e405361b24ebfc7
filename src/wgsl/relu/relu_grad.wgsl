// dx = dy where y > 0, else 0
// One thread computes four elements.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  dx[i] = select(vec4f(0), dy[i], y[i] > vec4f(0));
}
