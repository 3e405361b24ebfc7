// staged[n,c,r,p,i] = x[n, c, row0 + r row_step, col0 + i S + p], zero outside x and where y says dy = 0
// One thread writes one vec4f: four neighbours i of one column phase p.
override S: u32 = 1; // column phases: neighbours in a staged row are S columns apart in x
override MASK: u32 = 0; // x is a gradient: 1 by ReLU, 2 by ReLU6 with output y
struct Params {
  planes: u32, h: u32, w: u32, row0: i32, col0: i32, row_step: u32,
  rows: u32, phases: u32, quads: u32,
}

fn masked(v: f32, i: u32) -> f32 {
  if (MASK == 0) { return v; }
  let y = ld_y(i);
  var top = 6.0;
  if (MASK == 1) { top = 3.4e38; }
  return select(0.0, v, y > 0.0 && y < top);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let row_quads = params.phases * params.quads;
  if (i >= params.planes * params.rows * row_quads) { return; }
  let line = i / row_quads;
  let at = i % row_quads;
  let plane = line / params.rows;
  let row = params.row0 + i32((line % params.rows) * params.row_step);
  let first = params.col0 + i32(S * 4u * (at % params.quads) + at / params.quads);
  let col = vec4i(first, first + i32(S), first + 2 * i32(S), first + 3 * i32(S));
  var v = vec4f(0);
  if (row >= 0 && row < i32(params.h)) {
    let base = i32((plane * params.h + u32(row)) * params.w);
    let inside = (col >= vec4i(0)) & (col < vec4i(i32(params.w)));
    let near = vec4u(base + clamp(col, vec4i(0), vec4i(i32(params.w) - 1)));
    if (inside.x) { v.x = masked(ld_x(near.x), near.x); }
    if (inside.y) { v.y = masked(ld_x(near.y), near.y); }
    if (inside.z) { v.z = masked(ld_x(near.z), near.z); }
    if (inside.w) { v.w = masked(ld_x(near.w), near.w); }
  }
  st(i, v);
}
