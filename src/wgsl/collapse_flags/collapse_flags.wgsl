// y[n,c] = 1 where label c is present and count(advice) / max(count(knowledge), 1) < threshold
// One thread decides one class of one image from the counts of slices; the background (class 0) is never flagged.
override SLICES: u32;
struct Params { size: u32, classes: u32, threshold: f32 }
@group(0) @binding(0) var<storage, read> counts: array<f32>; // of the knowledge, then of the advice
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let n = i / params.classes;
  let c = i % params.classes;
  var knowledge = 0.0;
  var advice = 0.0;
  var at = n * SLICES * params.classes + c;
  for (var s = 0u; s < SLICES; s++) {
    knowledge += counts[at];
    advice += counts[at + SLICES * params.size];
    at += params.classes;
  }
  var flag = 0.0;
  if (c > 0) {
    let present = (labels[n * (params.classes - 1) + c - 1] & 0x7fffffffu) != 0;
    let collapsed = advice < params.threshold * max(knowledge, 1);
    flag = select(0.0, 1.0, present && collapsed);
  }
  y[i] = flag;
}
