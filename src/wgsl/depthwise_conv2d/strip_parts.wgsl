// The pixels of an image under three taps of a row, eight sums at once; x is no staged copy.
// Nothing runs by itself.
override WG: u32 = 8;
override S: u32 = 1; // stride, 1 or 2
override D: u32 = 1; // dilation; 1 with a stride
override LEFT: u32 = 1; // columns of padding
// The first of the columns under each tap, counted from the first quad that is loaded.
override FIRST: u32 = select(0u, 1u, LEFT > 0); // quads left of the sums
override O0: u32 = 4 * FIRST - LEFT;
override O1: u32 = 4 * FIRST - LEFT + D;
override O2: u32 = 4 * FIRST - LEFT + 2 * D;
struct Params {
  threads: u32, groups: u32, strips: u32, c: u32, rows: u32, top: u32,
  h: u32, w: u32, quads: u32, y_h: u32, y_quads: u32, // w: columns of x that count; quads: of a row
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }

// Eight sums, and the eight pixels under each of three taps.
struct Sums { a: vec4f, b: vec4f }
struct Taps { a0: vec4f, b0: vec4f, a1: vec4f, b1: vec4f, a2: vec4f, b2: vec4f }

// Four neighbours of the eight in a, b that begin at number s.
fn shift(a: vec4f, b: vec4f, s: u32) -> vec4f {
  if (s == 0) { return a; }
  if (s == 1) { return vec4f(a.yzw, b.x); }
  if (s == 2) { return vec4f(a.zw, b.xy); }
  if (s == 3) { return vec4f(a.w, b.xyz); }
  return b;
}

// A quad of a row of which the first `end` columns count.
fn quad(row: u32, q: u32, end: u32) -> vec4f {
  return select(vec4f(0), ld_x(row + q), vec4u(4u * q) + vec4u(0, 1, 2, 3) < vec4u(end));
}

// Eight pixels from number o on of sixteen.
fn near(a: vec4f, b: vec4f, c: vec4f, d: vec4f, o: u32) -> Sums {
  if (o < 4) { return Sums(shift(a, b, o), shift(b, c, o)); }
  return Sums(shift(b, c, o - 4), shift(c, d, o - 4));
}

// Every other of the pixels from number o on.
fn every_other(even: array<vec4f, 3>, odd: array<vec4f, 3>, o: u32) -> Sums {
  if (o % 2 == 0) { return Sums(shift(even[0], even[1], o / 2), shift(even[1], even[2], o / 2)); }
  return Sums(shift(odd[0], odd[1], o / 2), shift(odd[1], odd[2], o / 2));
}

fn window(plane: u32, line: u32, first: u32) -> Taps {
  let end = select(0u, params.w, line < params.h);
  let row = plane + line * params.quads;
  let a = quad(row, first, end);
  let b = quad(row, first + 1u, end);
  let c = quad(row, first + 2u, end);
  let d = quad(row, first + 3u, end);
  var r: Sums;
  var s: Sums;
  var t: Sums;
  if (S == 1) {
    r = near(a, b, c, d, O0);
    s = near(a, b, c, d, O1);
    t = near(a, b, c, d, O2);
  } else {
    let e = quad(row, first + 4u, end);
    let even = array<vec4f, 3>(vec4f(a.xz, b.xz), vec4f(c.xz, d.xz), e.xzxz);
    let odd = array<vec4f, 3>(vec4f(a.yw, b.yw), vec4f(c.yw, d.yw), e.ywyw);
    r = every_other(even, odd, O0);
    s = every_other(even, odd, O1);
    t = every_other(even, odd, O2);
  }
  return Taps(r.a, r.b, s.a, s.b, t.a, t.b);
}
