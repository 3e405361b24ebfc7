// y[X] = (1 - f) x[i] + f x[i + 1], i + f = clamp((X + 1/2) w / W - 1/2, 0, w - 1), along every row
// One thread writes four neighbours of the flat output, over the ends of rows.
struct Params { rows: u32, w: u32, wide: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn pixel(place: vec2u) -> f32 {
  let at = clamp((f32(place.y) + 0.5) * params.ratio - 0.5, 0, f32(params.w - 1));
  let left = u32(at);
  let base = place.x * params.w;
  let a = x[base + left];
  return a + (at - f32(left)) * (x[base + min(left + 1, params.w - 1)] - a);
}

fn next(place: vec2u) -> vec2u {
  return select(place + vec2u(0, 1), vec2u(place.x + 1, 0), place.y + 1 == params.wide);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4 * i >= params.rows * params.wide) { return; }
  let first = divide(4 * i, params.wide);
  let second = next(first);
  let third = next(second);
  y[i] = vec4f(pixel(first), pixel(second), pixel(third), pixel(next(third)));
}
