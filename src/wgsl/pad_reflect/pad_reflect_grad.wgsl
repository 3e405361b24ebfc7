// dx[y,x] = sum of dy over the at most 3 x 3 pixels of the output that show (y, x)
// One thread gathers one pixel at most p from a border of the input; the others show once.
struct Params { planes: u32, h: i32, w: i32, p: i32, rows: u32, columns: u32, count: u32 }
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

// The border-th of `borders` places near either end.
fn near(border: u32, borders: u32, length: i32) -> i32 {
  return i32(border) + select(0, length - i32(borders), 2 * border >= borders);
}

// The pixel of that number: `rows` whole rows, then the `columns` columns of the rows between.
fn border_pixel(number: u32) -> vec2i {
  let whole = params.rows * u32(params.w);
  if (number < whole) {
    let place = divide(number, u32(params.w));
    return vec2i(near(place.x, params.rows, params.h), i32(place.y));
  }
  let place = divide(number - whole, params.columns);
  return vec2i(i32(params.rows / 2 + place.x), near(place.y, params.columns, params.w));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.planes * params.count) { return; }
  let place = divide(i, params.count);
  let at = border_pixel(place.y);
  let plane = i32(place.x);
  let wide = params.w + 2 * params.p;
  let high = params.h + 2 * params.p;
  let rows = shown(at.x, params.h);
  let columns = shown(at.y, params.w);
  var sum = 0.0;
  for (var j = 0; j < 3; j++) {
    if (rows[j] < 0) { continue; }
    let base = (plane * high + rows[j]) * wide;
    sum += dy[base + columns.x];
    if (columns.y >= 0) { sum += dy[base + columns.y]; }
    if (columns.z >= 0) { sum += dy[base + columns.z]; }
  }
  dx[(plane * params.h + at.x) * params.w + at.y] = sum;
}
