// table[slot] = max over the corners e with this key of ~e; slots[e] = slot
// One thread inserts one corner. An empty slot is 0; a slot holds the complement of a corner's
// number, so that the largest is the first corner in raster order whatever the threads' order.
struct Params { size: u32, mask: u32 }
@group(0) @binding(0) var<storage, read> keys: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> table: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> slots: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_keys(i: u32) -> vec4f { return keys[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = id.x + id.y * groups.x * 64u;
  if (e >= params.size) { return; }
  let key = ld_keys(e);
  var slot = hash(key) & params.mask;
  loop {
    var held = atomicLoad(&table[slot]);
    if (held == 0u) {
      let claim = atomicCompareExchangeWeak(&table[slot], 0u, ~e);
      if (claim.exchanged) { break; }
      held = claim.old_value;
      if (held == 0u) { continue; }
    }
    if (all(ld_keys(~held) == key)) {
      if (held < ~e) { atomicMax(&table[slot], ~e); }
      break;
    }
    slot = (slot + 1u) & params.mask;
  }
  slots[e] = slot;
}
