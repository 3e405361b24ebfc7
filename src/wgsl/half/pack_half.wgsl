// y = half(x), two to a word
// One thread packs four elements.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec2u>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  let v = clamp(x[i], vec4f(-65504), vec4f(65504));
  y[i] = vec2u(pack2x16float(v.xy), pack2x16float(v.zw));
}
