// sums[b] = sum of x over block b
// One thread sums a block of 64.
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 16u;
  if (64u * b >= params.size) { return; }
  var sum = 0u;
  for (var i = 64u * b; i < min(64u * b + 64u, params.size); i++) { sum += x[i]; }
  sums[b] = sum;
}
