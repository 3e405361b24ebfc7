// dz = dy factor (sigmoid(z) - y), 0 where y = 255
// One thread computes V neighbouring pixels of one image.
struct Params { hw: u32 }
@group(0) @binding(0) var<storage, read> z: array<V>;
@group(0) @binding(1) var<storage, read> labels: array<U>;
@group(0) @binding(2) var<storage, read> factors: array<vec2f>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dz: array<V>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let i = id.y * params.hw + id.x;
  let factor = dy[0] * factors[id.y];
  let v = z[i];
  let changed = labels[i] != U(0);
  let slope = 1 / (1 + exp(select(-v, v, changed)));
  let own = select(V(factor.x), V(-factor.y), changed);
  dz[i] = slope * select(own, V(0), labels[i] == U(255));
}
