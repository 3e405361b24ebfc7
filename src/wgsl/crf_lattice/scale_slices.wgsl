// scaled[p] = (vertex, weight after_p v[vertex]) of the corners of pixel p
// One thread scales one texel, two corners. `v` is the sum over all labels on each vertex.
override D: u32;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> n: array<vec2f>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> slices: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> scaled: array<vec4f>;
fn ld_slices(i: u32) -> vec4f { return slices[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let after = n[i / ((D + 2u) / 2u)].y;
  let pair = ld_slices(i);
  let a = pair.y * after * ld_v(u32(pair.x)).x;
  let b = pair.w * after * ld_v(u32(pair.z)).x;
  scaled[i] = vec4f(pair.x, a, pair.z, b);
}
