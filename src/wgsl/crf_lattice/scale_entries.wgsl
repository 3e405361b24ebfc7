// scaled[i] = (pixel, weight before_pixel)
// One thread scales two entries, one texel.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> n: array<vec2f>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> entries: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> scaled: array<vec4f>;
fn ld_entries(i: u32) -> vec4f { return entries[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = id.x + id.y * groups.x * 64u;
  if (2u * k >= params.size) { return; }
  let e = ld_entries(k);
  scaled[k] = vec4f(e.x, e.y * n[u32(e.x)].x, e.z, e.w * n[u32(e.z)].x);
}
