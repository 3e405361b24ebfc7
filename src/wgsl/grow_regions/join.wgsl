// regions of equal, touching pixels become one tree each, whose root is the region's first pixel
// One thread joins a pixel with its left neighbour and the three above, without locks: the later of
// two roots gets the earlier one as parent; if another thread was first, its choice is joined too.
struct Params { size: u32, w: u32, hw: u32 }
@group(0) @binding(1) var<storage, read> classes: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

fn join(one: u32, other: u32) {
  var a = root(one);
  var b = root(other);
  while (a != b) {
    let later = max(a, b);
    let earlier = min(a, b);
    let held = atomicMin(&parents[later], earlier);
    if (held == later) { return; }
    a = root(held);
    b = root(earlier);
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let own = classes[i];
  if (own == 255) { return; }
  let x = i % params.w;
  let left = x > 0;
  if (left && classes[i - 1] == own) { join(i, i - 1); }
  if (i % params.hw < params.w) { return; }
  let above = i - params.w;
  if (classes[above] == own) { join(i, above); }
  if (left && classes[above - 1] == own) { join(i, above - 1); }
  if (x + 1 < params.w && classes[above + 1] == own) { join(i, above + 1); }
}
