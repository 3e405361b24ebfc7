// y[i] = act(sum_s x[s,i] + bias[channel of i]); y[i] is added where ADD
// One thread sums one element over all slices, in order.
struct Params { size: u32, slices: u32, plane: u32, channels: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  var sum = 0.0;
  for (var s = 0u; s < params.slices; s++) { sum += x[s * params.size + i]; }
  var v = finished(i / params.plane % params.channels, vec4f(sum)).x;
  if (ADD) { v += y[i]; }
  y[i] = v;
}
