// y[n,c] = 1 where label c is present and count(advice) / max(count(knowledge), 1) < threshold
// One thread decides one class of one image; the background (class 0) is never flagged.
struct Params { size: u32, classes: u32, threshold: f32 }
@group(0) @binding(0) var<storage, read> knowledge: array<f32>;
@group(0) @binding(1) var<storage, read> advice: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let n = i / params.classes;
  let c = i % params.classes;
  var flag = 0.0;
  if (c > 0) {
    let present = (labels[n * (params.classes - 1) + c - 1] & 0x7fffffffu) != 0;
    let collapsed = advice[i] < params.threshold * max(knowledge[i], 1);
    flag = select(0.0, 1.0, present && collapsed);
  }
  y[i] = flag;
}
