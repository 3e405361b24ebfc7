// arranged[i] = (begin, end, s) of the segment s = order[i]
// One thread moves one segment.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> segments: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> arranged: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let s = order[i];
  arranged[i] = vec4f(segments[s], f32(s), 0);
}
