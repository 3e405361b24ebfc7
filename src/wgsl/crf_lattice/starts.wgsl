// starts[v] = position of the first corner of vertex v in the sorted list; starts[vertices] = size
// One thread looks at one position.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> owner: array<u32>;
@group(0) @binding(1) var<storage, read_write> starts: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let v = owner[i];
  if (i == 0u) { starts[0] = 0u; }
  if (i == 0u || owner[max(i, 1u) - 1u] != v) { starts[v] = i; }
  if (i + 1u == params.size) { starts[v + 1u] = params.size; }
}
