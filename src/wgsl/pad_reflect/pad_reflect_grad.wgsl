// dx[y,x] = sum of dy over the at most 3 x 3 pixels of the output that show (y, x)
// One thread gathers one pixel of the input.
struct Params { planes: u32, h: i32, w: i32, p: i32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// Where i shows: directly, mirrored at the first element, mirrored at the last; -1 where it does not.
fn shown(i: i32, length: i32) -> vec3i {
  let p = params.p;
  let last = length - 1;
  return vec3i(
    i + p,
    select(-1, p - i, i > 0 && i <= p),
    select(-1, 2 * last - i + p, i < last && last - i <= p),
  );
}

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= u32(params.w) || id.y >= u32(params.h)) { return; }
  let wide = params.w + 2 * params.p;
  let high = params.h + 2 * params.p;
  let rows = shown(i32(id.y), params.h);
  let columns = shown(i32(id.x), params.w);
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    var sum = 0.0;
    for (var j = 0; j < 3; j++) {
      if (rows[j] < 0) { continue; }
      let base = (i32(plane) * high + rows[j]) * wide;
      sum += dy[base + columns.x];
      if (columns.y >= 0) { sum += dy[base + columns.y]; }
      if (columns.z >= 0) { sum += dy[base + columns.z]; }
    }
    dx[(plane * u32(params.h) + id.y) * u32(params.w) + id.x] = sum;
  }
}
