// y[c] = 1[mask = c]; with REST the last c stands for all from it up
// One thread writes V neighbouring pixels of one class.
override REST: bool = false;
struct Params { classes: u32, hw: u32 }
@group(0) @binding(0) var<storage, read> mask: array<U>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let index = mask[id.z * params.hw + id.x];
  let is = select(index, min(index, U(params.classes - 1u)), REST) == U(id.y);
  y[(id.z * params.classes + id.y) * params.hw + id.x] = select(V(0), V(1), is);
}
