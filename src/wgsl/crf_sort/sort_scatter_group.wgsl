// (sorted, values) = (keys, order) in the order of one digit, stable
// A workgroup moves a block of 256, a thread one key, behind those before it that have its digit.
override FIRST: bool = false; // the values are the positions themselves
struct Params { size: u32, blocks: u32, shift: u32, mask: u32 }
@group(0) @binding(0) var<storage, read> keys: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> sorted: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;
var<workgroup> digits: array<vec4u, 64>;

fn same(q: u32, digit: u32) -> vec4u {
  return select(vec4u(0), vec4u(1), digits[q] == vec4u(digit));
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let b = id.x + id.y * groups.x;
  if (b >= params.blocks) { return; }
  let i = 256 * b + t;
  let key = keys[min(i, params.size - 1)];
  let digit = (key >> params.shift) & params.mask;
  digits[t / 4][t % 4] = digit;
  workgroupBarrier();
  if (i >= params.size) { return; }
  var before = vec4u(0);
  for (var q = 0u; q < t / 4; q++) { before += same(q, digit); }
  before += select(vec4u(0), same(t / 4, digit), vec4u(0, 1, 2, 3) < vec4u(t % 4));
  let to = counts[digit * params.blocks + b] + before.x + before.y + before.z + before.w;
  sorted[to] = key;
  if (FIRST) { values[to] = i; } else { values[to] = order[i]; }
}
