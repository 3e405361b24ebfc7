// vertices[slot] = 1 + rank of the slot's first corner among all first corners
// One thread numbers the first corners of a block of BLOCK; vertex 0 stands for "none".
override BLOCK: u32;
override COUNT: bool; // only offsets[b] = number of first corners in block b
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> table: array<u32>;
@group(0) @binding(1) var<storage, read> slots: array<u32>;
@group(0) @binding(2) var<storage, read_write> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> vertices: array<u32>;
@group(0) @binding(4) var<storage, read_write> firsts: array<u32>;
@group(0) @binding(5) var<storage, read_write> stats: array<u32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 64u;
  if (BLOCK * b >= params.size) { return; }
  var vertex = 0u;
  if (!COUNT) { vertex = offsets[b]; }
  for (var e = BLOCK * b; e < min(BLOCK * (b + 1u), params.size); e++) {
    if (table[slots[e]] == ~e) {
      vertex++;
      if (!COUNT) {
        vertices[slots[e]] = vertex;
        firsts[vertex] = e;
      }
    }
  }
  if (COUNT) {
    offsets[b] = vertex;
  } else if (BLOCK * (b + 1u) >= params.size) {
    stats[0] = vertex + 1u;
  }
}
