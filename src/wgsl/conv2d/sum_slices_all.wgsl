// y[i] = sum_s x[s,i], in order, for many tensors side by side in memory
// A workgroup sums a block of 64 elements; its row of the table: first of x, first of y, step from slice to slice, slices and elements.
struct Params { blocks: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> table: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let block = id.x + id.y * groups.x;
  if (block >= params.blocks) { return; }
  let own = table[block];
  if (t >= (own.w & 127)) { return; }
  let slices = own.w >> 7;
  var sum = 0.0;
  var at = own.x + t;
  for (var s = 0u; s < slices; s++) {
    sum += x[at];
    at += own.z;
  }
  y[own.y + t] = sum;
}
