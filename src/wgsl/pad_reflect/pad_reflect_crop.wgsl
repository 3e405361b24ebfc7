// dx[y,x] = dy[y + p, x + p]
// One thread writes four neighbours of the flat input, over the ends of rows.
struct Params { planes: u32, h: u32, w: u32, p: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn pixel(at: vec2u) -> f32 {
  let place = divide(at.x, params.h);
  let row = place.x * (params.h + 2 * params.p) + place.y + params.p;
  return dy[row * (params.w + 2 * params.p) + at.y + params.p];
}

fn next(at: vec2u) -> vec2u {
  return select(at + vec2u(0, 1), vec2u(at.x + 1, 0), at.y + 1 == params.w);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4 * i >= params.planes * params.h * params.w) { return; }
  let first = divide(4 * i, params.w);
  let second = next(first);
  let third = next(second);
  dx[i] = vec4f(pixel(first), pixel(second), pixel(third), pixel(next(third)));
}
