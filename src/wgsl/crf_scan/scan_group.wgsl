// x[i] = sum of sums[k], k < b, + sum of x over the positions of block b before i; TOTALS: sums[b] = sum of x over block b
// A workgroup of 256 threads takes a block of 2048, a thread eight neighbours.
override TOTALS: bool = false;
struct Params { size: u32, blocks: u32 }
@group(0) @binding(0) var<storage, read_write> sums: array<u32>;
@group(0) @binding(1) var<storage, read_write> x: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;
var<workgroup> parts: array<u32, 256>;
var<workgroup> ahead: atomic<u32>; // integers: the order of additions is the same to them

fn at(i: u32) -> u32 { return select(0u, x[i], i < params.size); }
fn put(i: u32, v: u32) {
  if (i < params.size) { x[i] = v; }
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let b = id.x + id.y * groups.x;
  if (b >= params.blocks) { return; }
  let i = 2048 * b + 8 * t;
  let v = vec4u(at(i), at(i + 1), at(i + 2), at(i + 3));
  let w = vec4u(at(i + 4), at(i + 5), at(i + 6), at(i + 7));
  let own = v.x + v.y + v.z + v.w + w.x + w.y + w.z + w.w;
  parts[t] = own;
  if (!TOTALS) {
    var before = 0u;
    for (var k = t; k < b; k += 256) { before += sums[k]; }
    atomicAdd(&ahead, before);
  }
  for (var on = 1u; on < 256; on *= 2) {
    workgroupBarrier();
    var before = 0u;
    if (t >= on) { before = parts[t - on]; }
    workgroupBarrier();
    parts[t] += before;
  }
  if (TOTALS) {
    if (t == 255) { sums[b] = parts[t]; }
    return;
  }
  var sum = atomicLoad(&ahead) + parts[t] - own;
  put(i, sum);
  put(i + 1, sum + v.x);
  put(i + 2, sum + v.x + v.y);
  put(i + 3, sum + v.x + v.y + v.z);
  sum += v.x + v.y + v.z + v.w;
  put(i + 4, sum);
  put(i + 5, sum + w.x);
  put(i + 6, sum + w.x + w.y);
  put(i + 7, sum + w.x + w.y + w.z);
}
