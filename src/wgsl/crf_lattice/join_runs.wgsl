// joined[number of v in the whole image] = runs[v], v being a vertex of one block of its pixels
// One thread moves the run of one vertex; `base` is where the block's keys begin among all blocks'.
struct Params { size: u32, base: u32 }
@group(0) @binding(0) var<storage, read> slots: array<u32>;
@group(0) @binding(1) var<storage, read> vertices: array<u32>;
@group(0) @binding(2) var<storage, read> runs: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> joined: array<vec2f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  joined[vertices[slots[params.base + i]]] = runs[i + 1u];
}
