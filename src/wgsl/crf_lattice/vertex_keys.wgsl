// kept[v - 1] = key of vertex v
// One thread copies the key of one vertex; vertex 0 stands for "none" and has no key.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> keys: array<vec4f>;
@group(0) @binding(1) var<storage, read> firsts: array<u32>;
@group(0) @binding(2) var<storage, read_write> kept: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_keys(i: u32) -> vec4f { return keys[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  kept[i] = ld_keys(firsts[i + 1u]);
}
