// dx[i,j] = dy[i/2,j/2] / 4, 0 in a last row that no window covers
// One thread writes eight neighbours.
struct Params { lines: u32, h: u32, high: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let line = divide(t, params.quads);
  if (line.x >= params.lines) { return; }
  let row = divide(line.x, params.h);
  let above = row.y >> 1u;
  var v = vec4f(0);
  if (above < params.high) { v = dy[(row.x * params.high + above) * params.quads + line.y] / 4.0; }
  dx[2u * t] = v.xxyy;
  dx[2u * t + 1u] = v.zzww;
}
