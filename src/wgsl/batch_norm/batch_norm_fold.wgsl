// local = mean and variance of this process's part of the batch
// One thread folds one channel.
struct Params { c: u32, plane: u32, parts: u32, count: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> partial: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> local: array<vec2f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  var sums = vec2f(0);
  for (var k = 0u; k < params.parts; k++) { sums += partial[c * params.parts + k]; }
  let offset = sums.x / params.count;
  local[c] = vec2f(x[c * params.plane] + offset, max(sums.y / params.count - offset * offset, 0));
}
