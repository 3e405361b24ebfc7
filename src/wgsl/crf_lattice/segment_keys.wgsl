// keys[s] = (band of pixels in which segment s begins, longest first); the last key for no segment
// One thread looks at one segment. `order` lists the corners, d+1 a pixel, as the segments know them.
override D: u32;
struct Params { size: u32, band: u32, length: u32, last: u32 }
@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<storage, read> segments: array<vec2f>;
@group(0) @binding(2) var<storage, read> stats: array<u32>;
@group(0) @binding(3) var<storage, read_write> keys: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let s = id.x + id.y * groups.x * 64u;
  if (s >= params.size) { return; }
  keys[s] = params.last;
  if (s < stats[1]) {
    let range = vec2u(segments[s]);
    let band = order[range.x] / ((D + 1u) * params.band);
    keys[s] = band * params.length + params.length - (range.y - range.x);
  }
}
