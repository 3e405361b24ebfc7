// (sorted, values) = (keys, order) in the order of one digit, stable
// One thread moves a block, in order. FIRST: the values are the positions themselves.
override FIRST: bool = false;
struct Params { size: u32, length: u32, blocks: u32, shift: u32, mask: u32 }
@group(0) @binding(0) var<storage, read> keys: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> sorted: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let b = id.x;
  if (b >= params.blocks) { return; }
  let end = min((b + 1u) * params.length, params.size);
  for (var i = b * params.length; i < end; i++) {
    let key = keys[i];
    let at = ((key >> params.shift) & params.mask) * params.blocks + b;
    let to = counts[at];
    counts[at] = to + 1u;
    sorted[to] = key;
    if (FIRST) { values[to] = i; } else { values[to] = order[i]; }
  }
}
