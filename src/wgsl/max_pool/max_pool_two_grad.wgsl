// dx[i] = sum of dy over the windows whose maximum lies at i
// One thread gathers eight neighbours, of windows of 2, or of 3 with padding 1, two pixels apart.
override SIZE: u32;
struct Params { lines: u32, h: u32, high: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> at: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }
var<private> even: vec4f;
var<private> odd: vec4f;

fn gather(plane: u32, row: u32, q: u32, i: u32) {
  if (row >= params.high) { return; }
  let own = (plane * params.high + row) * params.quads + q;
  let v = ld_dy(own);
  let p = at[own];
  even += select(vec4f(0), v, p == i + vec4u(0, 2, 4, 6));
  odd += select(vec4f(0), v, p == i + vec4u(1, 3, 5, 7));
  if (SIZE == 3) { // a right pixel of one window is the left one of the next
    let inside = q + 1 < params.quads;
    let next = own + select(0u, 1u, inside);
    let behind = vec4u(p.yzw, select(0xffffffffu, at[next].x, inside));
    odd += select(vec4f(0), vec4f(v.yzw, ld_dy(next).x), behind == i + vec4u(1, 3, 5, 7));
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let line = divide(t, params.quads);
  if (line.x >= params.lines) { return; }
  let row = divide(line.x, params.h);
  let i = row.y * 8 * params.quads + 8 * line.y;
  even = vec4f(0);
  odd = vec4f(0);
  gather(row.x, row.y / 2, line.y, i);
  if (SIZE == 3 && row.y % 2 == 1) { gather(row.x, row.y / 2 + 1, line.y, i); }
  dx[2 * t] = vec4f(even.x, odd.x, even.y, odd.y);
  dx[2 * t + 1] = vec4f(even.z, odd.z, even.w, odd.w);
}
