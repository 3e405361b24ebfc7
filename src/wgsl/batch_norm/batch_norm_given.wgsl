// a = weight / sqrt(var + eps), b = bias - a mean, and the running statistics, of a given mean and variance
// One thread finishes one channel.
struct Params { c: u32, count: f32, eps: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> given: array<vec2f>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  finish_with(c, given[c].x, given[c].y);
}
