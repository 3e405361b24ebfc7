// dw[slice,o,c,ky,kx] = sum_{(n,Y,X) in slice} dy[n,o,Y,X] x[n, c, sy Y + ky D, S X + kx DX]
// One thread sums parts of rows for 8 o by 4 B c at T neighbouring taps; dy, x are staged, x in column phases.
override WG: u32 = 8;
override T: u32 = 3; // taps along a row that a thread sums: 3, or 1
override B: u32 = 1; // quads of input channels that a thread sums: at one tap 1 or 2, else 1
override S: u32 = 1;
override DX: u32 = 1;
override KW: u32 = 3; // taps along a row
override QUADS: u32 = 1; // threads side by side that share the quads of each row
// Where the second and third tap begin: column phase, quad, place in the quad.
override P1: u32 = DX % S;
override P2: u32 = (2 * DX) % S;
override Q1: u32 = DX / S / 4;
override Q2: u32 = (2 * DX) / S / 4;
override I1: u32 = DX / S % 4;
override I2: u32 = (2 * DX) / S % 4;
// Whether a tap needs the quad after the first one's, which is the next step's first.
override NEXT1: bool = P1 == 0 && Q1 * 4 + I1 > 0 && Q1 * 4 + I1 < 5;
override NEXT2: bool = P2 == 0 && Q2 * 4 + I2 > 0 && Q2 * 4 + I2 < 5;
override NEXT: bool = T == 3 && (NEXT1 || NEXT2);
struct Params {
  o: u32, c: u32, kh: u32, kw: u32, units: u32, h: u32, chunks: u32, chunk: u32, quads: u32,
  slice: u32, slices: u32, dy_plane: u32, dy_line: u32, row0: u32, quad0: u32,
  x_plane: u32, x_line: u32, x_quads: u32, sy: u32, d: u32,
}
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }

// Eight outputs' gradients at four pixels, transposed: e0 to e3 the first four at pixel 0 to 3.
struct Grad { e0: vec4f, e1: vec4f, e2: vec4f, e3: vec4f, f0: vec4f, f1: vec4f, f2: vec4f, f3: vec4f }

struct Sum { e: vec4f, f: vec4f }

fn plus(s: Sum, g: Grad, x: vec4f) -> Sum {
  return Sum(
    fma(g.e3, x.wwww, fma(g.e2, x.zzzz, fma(g.e1, x.yyyy, fma(g.e0, x.xxxx, s.e)))),
    fma(g.f3, x.wwww, fma(g.f2, x.zzzz, fma(g.f1, x.yyyy, fma(g.f0, x.xxxx, s.f)))),
  );
}

// The sums of a channel at three taps, or of channels c and c + 4 at one.
struct Row { k0: Sum, k1: Sum, k2: Sum }

fn shift(a: vec4f, b: vec4f, s: u32) -> vec4f {
  if (s == 0) { return a; }
  if (s == 1) { return vec4f(a.yzw, b.x); }
  if (s == 2) { return vec4f(a.zw, b.xy); }
  return vec4f(a.w, b.xyz);
}

// The pixels under a tap, with the first quad and, if it was loaded, the next.
fn under(near: bool, i: u32, place: u32, a: vec4f, b: vec4f) -> vec4f {
  if (near) {
    if (place == 0) { return b; }
    return shift(a, b, place);
  }
  if (place == 0) { return ld_x(i); }
  return shift(ld_x(i), ld_x(i + 1u), place);
}

// Adds one channel at three taps; takes its quad and returns the next one, if it was needed.
fn add_row(s: ptr<function, Row>, g: Grad, at: u32, before: vec4f) -> vec4f {
  var a = before;
  var b = before;
  if (NEXT) { b = ld_x(at + 1u); } else { a = ld_x(at); }
  (*s).k0 = plus((*s).k0, g, a);
  (*s).k1 = plus((*s).k1, g, under(NEXT1, at + P1 * params.x_quads + Q1, I1, a, b));
  (*s).k2 = plus((*s).k2, g, under(NEXT2, at + P2 * params.x_quads + Q2, I2, a, b));
  return b;
}

// The pixels under a tap of any row of taps.
fn one_tap(at: u32, col: u32) -> vec4f {
  if (KW == 1) { return ld_x(at); }
  let i = at + (col % S) * params.x_quads + col / S / 4;
  return shift(ld_x(i), ld_x(i + 1u), col / S % 4);
}

// Adds the channels that begin at i.x and i.y at one tap.
fn add_channels(s: ptr<function, Row>, g: Grad, i: vec2u, col: u32) {
  (*s).k0 = plus((*s).k0, g, one_tap(i.x, col));
  if (B > 1) { (*s).k1 = plus((*s).k1, g, one_tap(i.y, col)); }
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
  let taps = params.kh * params.kw;
  let i = (slice * params.o * params.c + c) * taps + k;
  if (T == 3) {
    if (c >= params.c) { return; }
    put8(i, o, s.k0);
    put8(i + 1u, o, s.k1);
    put8(i + 2u, o, s.k2);
  } else {
    if (c < params.c) { put8(i, o, s.k0); }
    if (B > 1 && c + 4u < params.c) { put8(i + 4u * taps, o, s.k1); }
  }
}

// Where a channel begins; the last one again where there is none.
fn plane(j: u32, c: u32) -> u32 { return j + min(c, params.c - 1u) * params.x_plane; }

fn planes(j: u32, c: u32) -> vec2u { return vec2u(plane(j, c), plane(j, c + 4u)); }

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let c_blocks = (params.c + 4u * B - 1u) / (4u * B);
  let o_blocks = (params.o + 7u) / 8u;
  let row_taps = KW / T;
  var rest = id.x + id.y * groups.x * WG;
  let part_of_row = rest % QUADS;
  rest /= QUADS;
  let c = 4u * B * (rest % c_blocks);
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
  var s0: Row;
  var s1: Row;
  var s2: Row;
  var s3: Row;
  let end = min(params.units, (slice + 1u) * params.slice);
  for (var unit = slice * params.slice; unit < end; unit++) {
    let chunk = divide(unit, params.chunks);
    let row = divide(chunk.x, params.h);
    let n = row.x;
    let line = row.y;
    let q0 = chunk.y * params.chunk;
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
    let j0 = planes(j, c);
    let j1 = planes(j, c + 1u);
    let j2 = planes(j, c + 2u);
    let j3 = planes(j, c + 3u);
    var a0: vec4f;
    var a1: vec4f;
    var a2: vec4f;
    var a3: vec4f;
    if (NEXT) {
      a0 = ld_x(j0.x + q0);
      a1 = ld_x(j1.x + q0);
      a2 = ld_x(j2.x + q0);
      a3 = ld_x(j3.x + q0);
    }
    for (var q = q0 + part_of_row; q < q1; q += QUADS) {
      let d0 = ld_dy(i0 + q);
      let d1 = ld_dy(i1 + q);
      let d2 = ld_dy(i2 + q);
      let d3 = ld_dy(i3 + q);
      let d4 = ld_dy(i4 + q);
      let d5 = ld_dy(i5 + q);
      let d6 = ld_dy(i6 + q);
      let d7 = ld_dy(i7 + q);
      let g = Grad(
        vec4f(d0.x, d1.x, d2.x, d3.x), vec4f(d0.y, d1.y, d2.y, d3.y),
        vec4f(d0.z, d1.z, d2.z, d3.z), vec4f(d0.w, d1.w, d2.w, d3.w),
        vec4f(d4.x, d5.x, d6.x, d7.x), vec4f(d4.y, d5.y, d6.y, d7.y),
        vec4f(d4.z, d5.z, d6.z, d7.z), vec4f(d4.w, d5.w, d6.w, d7.w),
      );
      if (T == 3) {
        a0 = add_row(&s0, g, j0.x + q, a0);
        a1 = add_row(&s1, g, j1.x + q, a1);
        a2 = add_row(&s2, g, j2.x + q, a2);
        a3 = add_row(&s3, g, j3.x + q, a3);
      } else {
        add_channels(&s0, g, j0 + vec2u(q), kx * DX);
        add_channels(&s1, g, j1 + vec2u(q), kx * DX);
        add_channels(&s2, g, j2 + vec2u(q), kx * DX);
        add_channels(&s3, g, j3 + vec2u(q), kx * DX);
      }
    }
  }
  let k = ky * params.kw + kx;
  let part = slice * QUADS + part_of_row;
  put_row(part, o, c, k, s0);
  put_row(part, o, c + 1u, k, s1);
  put_row(part, o, c + 2u, k, s2);
  put_row(part, o, c + 3u, k, s3);
}
