// segments[s] = (begin, end) in the sorted list; runs[v] = (first segment, end) of vertex v
// One thread writes the segments of a block of BLOCK vertices.
override BLOCK: u32;
override COUNT: bool; // only offsets[b] = sum over the vertices of block b of ceil(corners / length)
struct Params { blocks: u32, length: u32 }
@group(0) @binding(0) var<storage, read> starts: array<u32>;
@group(0) @binding(1) var<storage, read_write> stats: array<u32>;
@group(0) @binding(2) var<storage, read_write> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> segments: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> runs: array<vec2f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 64u;
  if (b >= params.blocks) { return; }
  let vertices = stats[0];
  let end = min(BLOCK * (b + 1u), vertices);
  var s = 0u;
  if (COUNT) {
    for (var v = max(BLOCK * b, 1u); v < end; v++) {
      s += (starts[v + 1u] - starts[v] + params.length - 1u) / params.length;
    }
    offsets[b] = s;
    return;
  }
  s = offsets[b];
  if (b == 0u) { runs[0] = vec2f(); }
  for (var v = max(BLOCK * b, 1u); v < end; v++) {
    let first = s;
    let stop = starts[v + 1u];
    for (var i = starts[v]; i < stop; i += params.length) {
      segments[s] = vec2f(f32(i), f32(min(i + params.length, stop)));
      s++;
    }
    runs[v] = vec2f(f32(first), f32(s));
  }
  if (BLOCK * b < vertices && vertices <= BLOCK * (b + 1u)) { stats[1] = s; }
}
