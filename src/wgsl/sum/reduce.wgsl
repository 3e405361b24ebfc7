// y[o,s,i] = scale sum_k x[o, s + k slices, i]
// One thread sums one slice of the middle dimension for V neighbours of the inner one.
struct Params { outer: u32, length: u32, inner: u32, slices: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let row = t / params.inner;
  let o = row / params.slices;
  if (o >= params.outer) { return; }
  let i = t % params.inner;
  let start = row % params.slices;
  var sum = V(0);
  var at = (o * params.length + start) * params.inner + i;
  for (var k = start; k < params.length; k += params.slices) {
    sum += x[at];
    at += params.slices * params.inner;
  }
  y[t] = params.scale * sum;
}
