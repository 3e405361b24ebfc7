// y[n,c,p] = act(more[n,c,p] + x[n % images,c,p] + table[c, min(mask[n,p], rows - 1)])
// One thread writes V neighbouring pixels of one channel.
override ACT: bool = false; // ReLU
override MORE: bool = false; // else that summand is missing
struct Params { channels: u32, rows: u32, hw: u32, images: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> mask: array<U>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<V>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> more: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let classes = min(mask[id.z * params.hw + id.x], U(params.rows - 1u)) + U(id.y * params.rows);
  let i = (id.z * params.channels + id.y) * params.hw + id.x;
  var v = x[((id.z % params.images) * params.channels + id.y) * params.hw + id.x] + looked_up(classes);
  if (MORE) { v += more[i]; }
  y[i] = select(v, max(v, V(0)), ACT);
}
