// mean and variance of the batch, from sums of slices
// One thread folds one channel.
struct Params { c: u32, plane: u32, parts: u32, count: f32, eps: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(7) var<storage, read> partial: array<vec2f>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  var sums = vec2f(0);
  for (var k = 0u; k < params.parts; k++) { sums += partial[c * params.parts + k]; }
  finish(c, sums, x[c * params.plane]);
}
