// parent[i] = i, seeded[i] = 0
// One thread writes one pixel.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read_write> parents: array<u32>;
@group(0) @binding(1) var<storage, read_write> seeded: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  parents[i] = i;
  seeded[i] = 0;
}
