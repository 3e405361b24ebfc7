// counts[b] = number of corners in block b that are the first with their key
// One thread counts a block of BLOCK corners.
override BLOCK: u32;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> slots: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 64u;
  if (BLOCK * b >= params.size) { return; }
  var count = 0u;
  for (var e = BLOCK * b; e < min(BLOCK * (b + 1u), params.size); e++) {
    if (table[slots[e]] == ~e) { count++; }
  }
  counts[b] = count;
}
