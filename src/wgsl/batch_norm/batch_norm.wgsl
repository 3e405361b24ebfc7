// y = a[c] x + b[c], then max(y, 0) where RELU
// One thread computes V neighbours of one channel's plane.
override RELU: bool;
struct Params { c: u32, hw: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> affine: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let i = (id.z * params.c + id.y) * params.hw + id.x;
  let ab = affine[id.y];
  var v = ab.x * x[i] + ab.y;
  if (RELU) { v = max(v, V(0)); }
  y[i] = v;
}
