// y[Y,X] = mean of x over the window at (Y, X) stride
// One thread computes one pixel of the output.
override SIZE: u32;
override STRIDE: u32;
struct Params { planes: u32, h: u32, w: u32, high: u32, wide: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= params.wide || id.y >= params.high) { return; }
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    let base = (plane * params.h + id.y * STRIDE) * params.w + id.x * STRIDE;
    var sum = 0.0;
    for (var row = 0u; row < SIZE; row++) {
      for (var column = 0u; column < SIZE; column++) {
        sum += x[base + row * params.w + column];
      }
    }
    y[(plane * params.high + id.y) * params.wide + id.x] = sum / f32(SIZE * SIZE);
  }
}
