// staged[n,c,r,p,i] = x[n, c, row0 + r row_step, col0 + i S + p], zero (or mirrored) outside x, zero where y says dy = 0
// One thread writes one vec4f, four neighbours i, of each column phase p.
override S: u32 = 1; // column phases: neighbours in a staged row are S columns apart in x
override MASK: u32 = 0; // x is a gradient: 1 by ReLU, 2 by ReLU6 with output y
override REFLECT: bool = false; // rows outside the image are its mirror image; columns only with EDGE
override EDGE: bool = false;
override ALIGNED: bool = false; // columns and rows begin with whole quads of x
struct Params {
  planes: u32, h: u32, w: u32, row0: i32, col0: i32, row_step: u32,
  rows: u32, phases: u32, quads: u32,
  wanted: u32, split: u32, jump: u32, // of each row `wanted` quads: those before `split`, and from split + jump on
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> staged: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

fn masked(v: vec4f, i: u32) -> vec4f {
  if (MASK == 0) { return v; }
  let own = y[i];
  var top = vec4f(6);
  if (MASK == 1) { top = vec4f(3.4e38); }
  return select(vec4f(0), v, (own > vec4f(0)) & (own < top));
}

fn quad(i: i32) -> vec4f {
  let at = u32(max(i, 0));
  return masked(x[at], at);
}

// Four neighbours of the eight in a, b that begin at number s.
fn shift(a: vec4f, b: vec4f, s: i32) -> vec4f {
  return select(
    select(a, vec4f(a.yzw, b.x), s == 1),
    select(vec4f(a.zw, b.xy), vec4f(a.w, b.xyz), s == 3),
    s > 1,
  );
}

fn inside(v: vec4f, col: i32, step: i32) -> vec4f {
  let cols = vec4i(col) + step * vec4i(0, 1, 2, 3);
  return select(vec4f(0), v, (cols >= vec4i(0)) & (cols < vec4i(i32(params.w))));
}

// The four pixels from `col` on of the row that begins at number i, by the mirror image where they are outside.
fn mirrored(i: i32, col: i32) -> vec4f {
  let direct = four(i + col);
  let last = i32(params.w) - 1;
  let there = four(i + select(2 * last - col - 3, -(col + 3), col < 0)).wzyx;
  let cols = vec4i(col) + vec4i(0, 1, 2, 3);
  return select(there, direct, (cols >= vec4i(0)) & (cols <= vec4i(last)));
}

fn four(i: i32) -> vec4f { return shift(quad(i >> 2), quad((i >> 2) + 1), i & 3); }

fn single(i: i32) -> f32 { return quad(i >> 2)[i & 3]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.planes * params.rows * params.wanted) { return; }
  let place = divide(i, params.wanted);
  let line = place.x;
  let at = place.y + select(0u, params.jump, place.y >= params.split);
  let plane = divide(line, params.rows);
  var row = params.row0 + i32(plane.y * params.row_step);
  let col = params.col0 + i32(S * 4u * at);
  let out = line * params.phases * params.quads + at;
  if (REFLECT) {
    let last = i32(params.h) - 1;
    row = last - abs(last - abs(row));
  }
  if (!REFLECT && (row < 0 || row >= i32(params.h))) {
    for (var p = 0u; p < params.phases; p++) { staged[out + p * params.quads] = vec4f(0); }
    return;
  }
  let first = i32((plane.x * params.h + u32(row)) * params.w) + col;
  let q = first >> 2;
  if (EDGE) {
    staged[out] = mirrored(first - col, col);
  } else if (ALIGNED) {
    staged[out] = inside(quad(q), col, 1);
  } else if (S == 1) {
    staged[out] = inside(shift(quad(q), quad(q + 1), first & 3), col, 1);
  } else if (S == 2) {
    let middle = quad(q + 1);
    let a = shift(quad(q), middle, first & 3);
    let b = shift(middle, quad(q + 2), first & 3);
    staged[out] = inside(vec4f(a.xz, b.xz), col, 2);
    if (params.phases > 1u) { staged[out + params.quads] = inside(vec4f(a.yw, b.yw), col + 1, 2); }
  } else {
    let s = i32(S);
    for (var p = 0i; p < i32(params.phases); p++) {
      let f = first + p;
      let v = vec4f(single(f), single(f + s), single(f + 2 * s), single(f + 3 * s));
      staged[out + u32(p) * params.quads] = inside(v, col + p, s);
    }
  }
}
