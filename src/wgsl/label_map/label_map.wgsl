// bytes of labels[u / 4] = the first class c of the largest X[c] at pixel u, X = x enlarged bilinearly
// The image is in the first rows and columns of x. One thread finds the labels of four pixels, a word.
override C: u32;
override SOME: bool;
struct Params { h: u32, w: u32, rows: u32, columns: u32, image: u32, high: u32, wide: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> allowed: array<u32>;
@group(0) @binding(2) var<storage, read_write> labels: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

fn label(u: u32) -> u32 {
  let area = params.w * params.h;
  let place = vec2u(u % params.wide, u / params.wide);
  let size = vec2u(params.columns, params.rows);
  let ratio = vec2f(size) / vec2f(f32(params.wide), f32(params.high));
  let at = clamp((vec2f(place) + 0.5) * ratio - 0.5, vec2f(0), vec2f(size - 1));
  let near = vec2u(at);
  let far = min(near + 1, size - 1);
  let part = at - vec2f(near);
  var best = 0u;
  var top = 0.0;
  var none = true;
  for (var k = 0u; k < C; k++) {
    if (SOME) {
      if ((allowed[params.image * C + k] & 0x7fffffffu) == 0) { continue; }
    }
    let base = (params.image * C + k) * area;
    let above = base + near.y * params.w;
    let below = base + far.y * params.w;
    let a = x[above + near.x] + part.x * (x[above + far.x] - x[above + near.x]);
    let b = x[below + near.x] + part.x * (x[below + far.x] - x[below + near.x]);
    let v = a + part.y * (b - a);
    if (none || v > top) {
      top = v;
      best = k;
      none = false;
    }
  }
  return best;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let pixels = params.wide * params.high;
  if (4u * i >= pixels) { return; }
  var word = 0u;
  for (var k = 0u; k < 4u; k++) { word |= label(min(4u * i + k, pixels - 1u)) << (8u * k); }
  labels[i] = word;
}
