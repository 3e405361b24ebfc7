// joined[p] = (number of the vertex in the whole image, weight) of the corners of pixel p
// One thread renumbers one texel, two corners; a vertex of 0 pads a pixel's last texel.
struct Params { size: u32, base: u32 }
@group(0) @binding(0) var<storage, read> slots: array<u32>;
@group(0) @binding(1) var<storage, read> vertices: array<u32>;
@group(0) @binding(2) var<storage, read> slices: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> joined: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;
fn ld_slices(i: u32) -> vec4f { return slices[i]; }

fn whole(v: f32) -> f32 {
  return f32(vertices[slots[params.base + max(u32(v), 1u) - 1u]]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let pair = ld_slices(i);
  joined[i] = vec4f(whole(pair.x), pair.y, whole(pair.z), pair.w);
}
