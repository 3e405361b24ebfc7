// y[Y,X] = max of x over the window at (2Y, 2X) - padding; at = where the first maximum lies
// One thread computes four neighbours, of windows of 2, or of 3 with padding 1; KEEP stores where.
override KEEP: bool;
override SIZE: u32;
struct Params { lines: u32, h: u32, high: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> at: array<vec4u>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }
var<private> largest: vec4f;
var<private> place: vec4u;

fn compare(v: vec4f, i: vec4u) {
  place = select(place, i, v > largest);
  largest = max(largest, v);
}

// Beyond the edges, those at the edges are compared again.
fn along(plane: u32, row: u32, q: u32) {
  let own = (plane * params.h + row) * 2 * params.quads + 2 * q;
  let i = row * 8 * params.quads + 8 * q;
  let a = ld_x(own);
  let b = ld_x(own + 1);
  if (SIZE == 3) {
    let inside = q > 0;
    let left = select(a.x, ld_x(own - select(0u, 1u, inside)).w, inside);
    compare(vec4f(left, a.yw, b.y), vec4u(i - select(0u, 1u, inside), i + 1, i + 3, i + 5));
  }
  compare(vec4f(a.xz, b.xz), i + vec4u(0, 2, 4, 6));
  compare(vec4f(a.yw, b.yw), i + vec4u(1, 3, 5, 7));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let line = divide(t, params.quads);
  if (line.x >= params.lines) { return; }
  let row = divide(line.x, params.high);
  largest = vec4f(-3.4028234e38);
  place = 2 * row.y * 8 * params.quads + 8 * line.y + vec4u(0, 2, 4, 6);
  if (SIZE == 3) { along(row.x, max(2 * row.y, 1) - 1, line.y); }
  along(row.x, 2 * row.y, line.y);
  along(row.x, min(2 * row.y + 1, params.h - 1), line.y);
  y[t] = largest;
  if (KEEP) { at[t] = place; }
}
