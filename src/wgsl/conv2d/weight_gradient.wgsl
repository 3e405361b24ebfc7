// dw[slice,o,c,ky,kx] = sum_{(n,Y,X) in slice} dy[n,o,Y,X] x[n, c, sy Y + ky D, S X + kx DX]
// One thread sums parts of rows for 8 o x 4 c x T neighbouring taps; dy and x are staged, x in column phases.
override WG: u32 = 8;
override T: u32 = 3; // taps along a row that a thread sums: 3, or 1
override S: u32 = 1;
override DX: u32 = 1;
struct Params {
  o: u32, c: u32, kh: u32, kw: u32, units: u32, h: u32, chunks: u32, chunk: u32, quads: u32,
  slice: u32, slices: u32, dy_plane: u32, dy_line: u32, row0: u32, quad0: u32,
  x_plane: u32, x_line: u32, x_quads: u32, sy: u32, d: u32,
}

// Eight outputs' gradients at four pixels, transposed: e0 to e3 the first four at pixel 0 to 3.
struct Grad { e0: vec4f, e1: vec4f, e2: vec4f, e3: vec4f, f0: vec4f, f1: vec4f, f2: vec4f, f3: vec4f }

struct Sum { e: vec4f, f: vec4f }

fn plus(s: Sum, g: Grad, x: vec4f) -> Sum {
  return Sum(
    fma(g.e3, x.wwww, fma(g.e2, x.zzzz, fma(g.e1, x.yyyy, fma(g.e0, x.xxxx, s.e)))),
    fma(g.f3, x.wwww, fma(g.f2, x.zzzz, fma(g.f1, x.yyyy, fma(g.f0, x.xxxx, s.f)))),
  );
}

struct Row { k0: Sum, k1: Sum, k2: Sum }

fn shift(a: vec4f, b: vec4f, s: u32) -> vec4f {
  if (s == 0) { return a; }
  if (s == 1) { return vec4f(a.yzw, b.x); }
  if (s == 2) { return vec4f(a.zw, b.xy); }
  return vec4f(a.w, b.xyz);
}

fn pixels(at: u32, col: u32) -> vec4f {
  let i = at + (col % S) * params.x_quads + col / S / 4;
  let a = ld_x(i);
  if (col / S % 4 == 0) { return a; }
  return shift(a, ld_x(i + 1u), col / S % 4);
}

fn add_row(s: ptr<function, Row>, g: Grad, at: u32, kx: u32) {
  if (T == 3) {
    if (S == 1 && DX == 1) {
      let a = ld_x(at);
      let b = ld_x(at + 1u);
      (*s).k0 = plus((*s).k0, g, a);
      (*s).k1 = plus((*s).k1, g, shift(a, b, 1));
      (*s).k2 = plus((*s).k2, g, shift(a, b, 2));
    } else {
      (*s).k0 = plus((*s).k0, g, pixels(at, 0));
      (*s).k1 = plus((*s).k1, g, pixels(at, DX));
      (*s).k2 = plus((*s).k2, g, pixels(at, 2 * DX));
    }
  } else {
    (*s).k0 = plus((*s).k0, g, pixels(at, kx * DX));
  }
}

fn put(i: u32, o: u32, v: f32) {
  if (o < params.o) { dw[i + o * params.c * params.kh * params.kw] = v; }
}

fn put8(i: u32, o: u32, s: Sum) {
  put(i, o, s.e.x);
  put(i, o + 1u, s.e.y);
  put(i, o + 2u, s.e.z);
  put(i, o + 3u, s.e.w);
  put(i, o + 4u, s.f.x);
  put(i, o + 5u, s.f.y);
  put(i, o + 6u, s.f.z);
  put(i, o + 7u, s.f.w);
}

fn put_row(slice: u32, o: u32, c: u32, k: u32, s: Row) {
  if (c >= params.c) { return; }
  let i = (slice * params.o * params.c + c) * params.kh * params.kw + k;
  put8(i, o, s.k0);
  if (T == 3) {
    put8(i + 1u, o, s.k1);
    put8(i + 2u, o, s.k2);
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let c_blocks = (params.c + 3u) / 4u;
  let o_blocks = (params.o + 7u) / 8u;
  let row_taps = params.kw / T;
  var rest = id.x + id.y * groups.x * WG;
  let c = 4u * (rest % c_blocks);
  rest /= c_blocks;
  let o = 8u * (rest % o_blocks);
  rest /= o_blocks;
  let kx = rest % row_taps;
  rest /= row_taps;
  let ky = rest % params.kh;
  let slice = rest / params.kh;
  if (slice >= params.slices) { return; }
  // Beyond the last channel the last is summed again, and not stored.
  let o_last = params.o - 1u;
  let c_last = params.c - 1u;
  var s0: Row;
  var s1: Row;
  var s2: Row;
  var s3: Row;
  let end = min(params.units, (slice + 1u) * params.slice);
  for (var unit = slice * params.slice; unit < end; unit++) {
    let part = divide(unit, params.chunks);
    let row = divide(part.x, params.h);
    let n = row.x;
    let line = row.y;
    let q0 = part.y * params.chunk;
    let q1 = min(params.quads, q0 + params.chunk);
    let i = n * params.o * params.dy_plane + (params.row0 + line) * params.dy_line + params.quad0;
    let j = n * params.c * params.x_plane + (line * params.sy + ky * params.d) * params.x_line;
    let i0 = i + o * params.dy_plane;
    let i1 = i + min(o + 1u, o_last) * params.dy_plane;
    let i2 = i + min(o + 2u, o_last) * params.dy_plane;
    let i3 = i + min(o + 3u, o_last) * params.dy_plane;
    let i4 = i + min(o + 4u, o_last) * params.dy_plane;
    let i5 = i + min(o + 5u, o_last) * params.dy_plane;
    let i6 = i + min(o + 6u, o_last) * params.dy_plane;
    let i7 = i + min(o + 7u, o_last) * params.dy_plane;
    let j0 = j + c * params.x_plane;
    let j1 = j + min(c + 1u, c_last) * params.x_plane;
    let j2 = j + min(c + 2u, c_last) * params.x_plane;
    let j3 = j + min(c + 3u, c_last) * params.x_plane;
    for (var q = q0; q < q1; q++) {
      let a0 = ld_dy(i0 + q);
      let a1 = ld_dy(i1 + q);
      let a2 = ld_dy(i2 + q);
      let a3 = ld_dy(i3 + q);
      let a4 = ld_dy(i4 + q);
      let a5 = ld_dy(i5 + q);
      let a6 = ld_dy(i6 + q);
      let a7 = ld_dy(i7 + q);
      let g = Grad(
        vec4f(a0.x, a1.x, a2.x, a3.x), vec4f(a0.y, a1.y, a2.y, a3.y),
        vec4f(a0.z, a1.z, a2.z, a3.z), vec4f(a0.w, a1.w, a2.w, a3.w),
        vec4f(a4.x, a5.x, a6.x, a7.x), vec4f(a4.y, a5.y, a6.y, a7.y),
        vec4f(a4.z, a5.z, a6.z, a7.z), vec4f(a4.w, a5.w, a6.w, a7.w),
      );
      add_row(&s0, g, j0 + q, kx);
      add_row(&s1, g, j1 + q, kx);
      add_row(&s2, g, j2 + q, kx);
      add_row(&s3, g, j3 + q, kx);
    }
  }
  let k = ky * params.kw + kx;
  put_row(slice, o, c, k, s0);
  put_row(slice, o, c + 1u, k, s1);
  put_row(slice, o, c + 2u, k, s2);
  put_row(slice, o, c + 3u, k, s3);
}
