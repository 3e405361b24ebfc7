// a[o,i] = (1 - max of b over the path from i to i + d_o)^beta, 0 where i + d_o lies outside the map
// One thread computes all offsets of one pixel i. The path: what lies between, less than 1 off the line.
override R: i32;
struct Params { h: u32, w: u32, n: u32, offsets: u32, beta: f32 }
@group(0) @binding(0) var<storage, read> b: array<f32>;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let plane = params.h * params.w;
  if (id.x >= plane) { return; }
  let y = i32(id.x / params.w);
  let x = i32(id.x % params.w);
  var at = id.y * params.offsets * plane + id.x;
  for (var dy = 0i; dy < R; dy++) {
    for (var dx = 1 - R; dx < R; dx++) {
      let length = dx * dx + dy * dy;
      if (length >= R * R || (dy == 0 && dx <= 0)) { continue; }
      var v = 0.0;
      if (x + dx >= 0 && x + dx < i32(params.w) && y + dy < i32(params.h)) {
        var highest = 0.0;
        for (var py = 0i; py <= dy; py++) {
          for (var px = min(dx, 0); px <= max(dx, 0); px++) {
            let off = dy * px - dx * py;
            if (off * off >= length) { continue; }
            let there = u32(y + py) * params.w + u32(x + px);
            highest = max(highest, b[id.y * plane + there]);
          }
        }
        if (highest < 1) { v = pow(1 - highest, params.beta); }
      }
      a[at] = v;
      at += plane;
    }
  }
}
