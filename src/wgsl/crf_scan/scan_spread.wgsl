// x[i] = sums[b] + sum of x over the positions of block b before i
// One thread rewrites a block of 64. A single block (`whole`) starts from 0.
struct Params { size: u32, whole: u32 }
@group(0) @binding(0) var<storage, read> sums: array<u32>;
@group(0) @binding(1) var<storage, read_write> x: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 16u;
  if (64u * b >= params.size) { return; }
  var sum = 0u;
  if (params.whole == 0u) { sum = sums[b]; }
  for (var i = 64u * b; i < min(64u * b + 64u, params.size); i++) {
    let value = x[i];
    x[i] = sum;
    sum += value;
  }
}
