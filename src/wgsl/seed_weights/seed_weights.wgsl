// y[n,c] = 1 / (images sum of the counts of c's kind in image n), 0 where that is none
// One thread computes one element. Kinds: where BALANCED background and the rest, else all one.
override BALANCED: bool;
override CLASSES: u32;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> counts: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let own = i % CLASSES;
  var sum = 0.0;
  for (var c = 0u; c < CLASSES; c++) {
    if (!BALANCED || (c == 0) == (own == 0)) { sum += counts[i - own + c]; }
  }
  let images = f32(params.size / CLASSES);
  y[i] = select(0.0, 1 / (images * max(sum, 1)), sum > 0);
}
