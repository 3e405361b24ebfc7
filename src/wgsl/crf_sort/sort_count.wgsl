// counts[digit, b] = how often the digit occurs in block b of the keys
// One thread counts a block; `counts` starts as zeros.
struct Params { size: u32, length: u32, blocks: u32, shift: u32, mask: u32 }
@group(0) @binding(0) var<storage, read> keys: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let b = id.x;
  if (b >= params.blocks) { return; }
  let end = min((b + 1u) * params.length, params.size);
  for (var i = b * params.length; i < end; i++) {
    let digit = (keys[i] >> params.shift) & params.mask;
    counts[digit * params.blocks + b]++;
  }
}
