// y[2i] = x[i - 1] + 3/4 (x[i] - x[i - 1]), y[2i + 1] = x[i] + 1/4 (x[i + 1] - x[i]), along rows and down columns;
// what lies outside is the edge. One thread computes two rows of eight pixels, over a quad of x.
struct Params { lines: u32, h: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }

const PARTS = vec4f(0.75, 0.25, 0.75, 0.25);
struct Eight { a: vec4f, b: vec4f }

fn along(line: u32, q: u32) -> Eight {
  let at = line * params.quads + q;
  let v = ld_x(at);
  let left = select(v.x, ld_x(at - select(0u, 1u, q > 0)).w, q > 0);
  let last = q + 1 == params.quads;
  let right = select(ld_x(at + select(1u, 0u, last)).x, v.w, last);
  let a = vec4f(left, v.xx, v.y);
  let b = vec4f(v.x, v.yy, v.z);
  let c = vec4f(v.y, v.zz, v.w);
  let d = vec4f(v.z, v.ww, right);
  return Eight(a + PARTS * (b - a), c + PARTS * (d - c));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let place = divide(t, params.quads);
  let line = place.x;
  if (line >= params.lines) { return; }
  let row = divide(line, params.h).y;
  let upper = along(line - select(0u, 1u, row > 0), place.y);
  let own = along(line, place.y);
  let lower = along(line + select(0u, 1u, row + 1 < params.h), place.y);
  let first = 2 * (2 * line * params.quads + place.y);
  let second = first + 2 * params.quads;
  y[first] = upper.a + 0.75 * (own.a - upper.a);
  y[first + 1] = upper.b + 0.75 * (own.b - upper.b);
  y[second] = own.a + 0.25 * (lower.a - own.a);
  y[second + 1] = own.b + 0.25 * (lower.b - own.b);
}
