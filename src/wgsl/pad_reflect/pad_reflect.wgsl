// y[Y,X] = x[reflect(Y - p), reflect(X - p)], reflect(i) = |i| up to h - 1, 2 (h - 1) - i beyond
// One thread copies one pixel of the output.
struct Params { planes: u32, h: i32, w: i32, p: i32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

fn reflect_at(i: i32, length: i32) -> i32 {
  return length - 1 - abs(length - 1 - abs(i));
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let wide = u32(params.w + 2 * params.p);
  let high = u32(params.h + 2 * params.p);
  if (id.x >= wide || id.y >= high) { return; }
  let row = reflect_at(i32(id.y) - params.p, params.h);
  let column = reflect_at(i32(id.x) - params.p, params.w);
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    let source = (i32(plane) * params.h + row) * params.w + column;
    y[(plane * high + id.y) * wide + id.x] = x[source];
  }
}
