// y[Y,X] = x[reflect(Y - p), reflect(X - p)], reflect(i) = |i| up to h - 1, 2 (h - 1) - i beyond
// One thread writes four neighbours of the flat output, over the ends of rows.
struct Params { planes: u32, h: i32, w: i32, p: i32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn mirrored(i: i32, length: i32) -> i32 {
  return length - 1 - abs(length - 1 - abs(i));
}

fn pixel(at: vec2u) -> f32 {
  let place = divide(at.x, u32(params.h + 2 * params.p));
  let row = mirrored(i32(place.y) - params.p, params.h);
  let column = mirrored(i32(at.y) - params.p, params.w);
  return x[(i32(place.x) * params.h + row) * params.w + column];
}

fn next(at: vec2u) -> vec2u {
  let ends = at.y + 1 == u32(params.w + 2 * params.p);
  return select(at + vec2u(0, 1), vec2u(at.x + 1, 0), ends);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let wide = u32(params.w + 2 * params.p);
  if (4 * i >= params.planes * u32(params.h + 2 * params.p) * wide) { return; }
  let first = divide(4 * i, wide);
  let second = next(first);
  let third = next(second);
  y[i] = vec4f(pixel(first), pixel(second), pixel(third), pixel(next(third)));
}
