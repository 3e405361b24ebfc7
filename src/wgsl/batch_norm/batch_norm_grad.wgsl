// dx = a dy where FROZEN, else k.x dy + k.y x + k.z; where RELU, dy counts where y was positive
// One thread computes V neighbours of one channel's plane.
override RELU: bool;
override FROZEN: bool;
struct Params { c: u32, hw: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> affine: array<vec2f>;
@group(0) @binding(3) var<storage, read> factors: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dx: array<V>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let i = (id.z * params.c + id.y) * params.hw + id.x;
  let ab = affine[id.y];
  var d = dy[i];
  if (RELU) { d = select(V(0), d, ab.x * x[i] + ab.y > V(0)); }
  if (FROZEN) {
    dx[i] = ab.x * d;
  } else {
    let k = factors[id.y];
    dx[i] = k.x * d + k.y * x[i] + k.z;
  }
}
