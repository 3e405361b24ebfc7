// counts[b] = sum over the vertices of block b of ceil(corners / LENGTH)
// One thread counts the segments of a block of BLOCK vertices.
override BLOCK: u32;
struct Params { blocks: u32, length: u32 }
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read> stats: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 64u;
  if (b >= params.blocks) { return; }
  var count = 0u;
  let end = min(BLOCK * (b + 1u), stats[0]);
  for (var v = max(BLOCK * b, 1u); v < end; v++) {
    count += (starts[v + 1u] - starts[v] + params.length - 1u) / params.length;
  }
  counts[b] = count;
}
