// y[Y,X] = max of x over the window at (Y, X) stride - padding; at = where the first maximum lies
// One thread computes one pixel of the output; KEEP stores where.
override KEEP: bool;
struct Params {
  planes: u32, h: i32, w: i32, high: u32, wide: u32, size: i32, stride: i32, padding: i32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> at: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= params.wide || id.y >= params.high) { return; }
  let top = i32(id.y) * params.stride - params.padding;
  let left = i32(id.x) * params.stride - params.padding;
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    let base = i32(plane) * params.h * params.w;
    var largest = -3.4028234e38;
    var place = max(top, 0) * params.w + max(left, 0);
    for (var row = max(top, 0); row < min(top + params.size, params.h); row++) {
      for (var column = max(left, 0); column < min(left + params.size, params.w); column++) {
        let i = row * params.w + column;
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
