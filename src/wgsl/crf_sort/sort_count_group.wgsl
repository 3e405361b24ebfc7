// counts[digit, b] = how often the digit occurs in block b of the keys
// A workgroup counts a block of 256, a thread one key, for digits of at most 8 bits.
struct Params { size: u32, blocks: u32, shift: u32, mask: u32 }
@group(0) @binding(0) var<storage, read> keys: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;
var<workgroup> bins: array<atomic<u32>, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let b = id.x + id.y * groups.x;
  if (b >= params.blocks) { return; }
  atomicStore(&bins[t], 0u);
  workgroupBarrier();
  let i = 256 * b + t;
  if (i < params.size) { atomicAdd(&bins[(keys[i] >> params.shift) & params.mask], 1u); }
  workgroupBarrier();
  if (t <= params.mask) { counts[t * params.blocks + b] = atomicLoad(&bins[t]); }
}
