// y[Y,X] = max of x over the window at (Y, X) stride - padding; at = where the first maximum lies
// One thread computes one pixel of the output; KEEP stores where.
override KEEP: bool;
override SIZE: i32;
override STRIDE: i32;
override PADDING: i32;
struct Params { planes: u32, h: i32, w: i32, high: u32, wide: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> at: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= params.wide || id.y >= params.high) { return; }
  let top = i32(id.y) * STRIDE - PADDING;
  let left = i32(id.x) * STRIDE - PADDING;
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    let base = i32(plane) * params.h * params.w;
    var largest = -3.4028234e38;
    var place = max(top, 0) * params.w + max(left, 0);
    for (var k = 0; k < SIZE; k++) { // beyond the edges, those at the edges are compared again
      let row = select(top + k, clamp(top + k, 0, params.h - 1), PADDING > 0) * params.w;
      for (var l = 0; l < SIZE; l++) {
        let i = row + select(left + l, clamp(left + l, 0, params.w - 1), PADDING > 0);
        let v = x[base + i];
        if (v > largest) {
          largest = v;
          place = i;
        }
      }
    }
    let i = (plane * params.high + id.y) * params.wide + id.x;
    y[i] = largest;
    if (KEEP) { at[i] = u32(place); }
  }
}
