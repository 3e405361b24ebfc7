// dx[i] = (dy[2i - 1] + 3 dy[2i] + 3 dy[2i + 1] + dy[2i + 2]) / 4, down columns and along rows;
// what lies outside is the edge. One thread gathers a quad.
struct Params { lines: u32, h: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }

var<private> lines: vec4u; // where the four lines of dy begin

fn down(q: u32) -> vec4f {
  return 0.25 * (ld_dy(lines.x + q) + ld_dy(lines.w + q)) + 0.75 * (ld_dy(lines.y + q) + ld_dy(lines.z + q));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let place = divide(t, params.quads);
  let line = place.x;
  if (line >= params.lines) { return; }
  let row = divide(line, params.h).y;
  let own = 2 * line;
  let all = vec4u(own - select(0u, 1u, row > 0), own, own + 1, own + select(1u, 2u, row + 1 < params.h));
  lines = 2 * params.quads * all;
  let q = 2 * place.y;
  let a = down(q);
  let b = down(q + 1);
  var left = a.x;
  if (q > 0) { left = down(q - 1).w; }
  var right = b.w;
  if (q + 2 < 2 * params.quads) { right = down(q + 2).x; }
  let outer = vec4f(left, a.y, a.w, b.y) + vec4f(a.z, b.x, b.z, right);
  let inner = vec4f(a.x, a.z, b.x, b.z) + vec4f(a.y, a.w, b.y, b.w);
  dx[t] = 0.25 * outer + 0.75 * inner;
}
