// dx = sum of dy over the windows that cover the pixel, divided by a window's area
// One thread gathers one pixel of the input.
override SIZE: i32;
override STRIDE: i32;
struct Params { planes: u32, h: i32, w: i32, high: i32, wide: i32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= u32(params.w) || id.y >= u32(params.h)) { return; }
  let row = i32(id.y);
  let column = i32(id.x);
  let first_row = max(row - SIZE + STRIDE, 0) / STRIDE;
  let last_row = min(row / STRIDE, params.high - 1);
  let first = max(column - SIZE + STRIDE, 0) / STRIDE;
  let last = min(column / STRIDE, params.wide - 1);
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    var sum = 0.0;
    for (var Y = first_row; Y <= last_row; Y++) {
      for (var X = first; X <= last; X++) {
        sum += dy[(i32(plane) * params.high + Y) * params.wide + X];
      }
    }
    let i = (i32(plane) * params.h + row) * params.w + column;
    dx[i] = sum / f32(SIZE * SIZE);
  }
}
