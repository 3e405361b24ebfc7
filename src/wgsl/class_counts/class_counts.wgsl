// partial[i,s,c] = number of pixels of class c in a slice of image i: those of `mask`, then those of `other`
// One thread counts one class in one slice, V pixels at a time.
struct Params { images: u32, n: u32, classes: u32, hw: u32, slices: u32 }
@group(0) @binding(0) var<storage, read> mask: array<U>;
@group(0) @binding(1) var<storage, read> other: array<U>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let row = t / params.classes;
  let image = row / params.slices;
  if (image >= params.images) { return; }
  let wanted = U(t % params.classes);
  let start = image % params.n * params.hw;
  var sum = V(0);
  for (var q = row % params.slices; q < params.hw; q += params.slices) {
    var v = mask[start + q];
    if (image >= params.n) { v = other[start + q]; }
    sum += select(V(0), V(1), v == wanted);
  }
  partial[t] = total(sum);
}
