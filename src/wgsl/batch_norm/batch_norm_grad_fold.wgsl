// sums of slices, by channel
// One thread folds one channel.
struct Params { c: u32, parts: u32, count: f32 }
@group(0) @binding(0) var<storage, read> partial: array<vec2f>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.c) { return; }
  var sums = vec2f(0);
  for (var k = 0u; k < params.parts; k++) { sums += partial[c * params.parts + k]; }
  finish(c, sums);
}
