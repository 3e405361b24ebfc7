// Declarations and steps that the kernels of the convolution share: windows of pixels.
// Nothing runs by itself.
override WG: u32 = 8;
override KW: u32 = 3;
override S: u32 = 1; // column stride
override DX: u32 = 1; // column dilation
override OX: u32 = 0; // first column
// Phases of three taps, columns and quads in them.
override P0: u32 = OX % S;
override P1: u32 = (OX + DX) % S;
override P2: u32 = (OX + 2 * DX) % S;
override I0: u32 = OX / S;
override I1: u32 = (OX + DX) / S;
override I2: u32 = (OX + 2 * DX) / S;
override Q0: u32 = P0 * 65536 + I0 / 4;
override Q1: u32 = P1 * 65536 + I1 / 4;
override Q2: u32 = P2 * 65536 + I2 / 4;
override BIAS: bool = false;
override ACT: u32 = 0; // 1 ReLU, 2 ReLU6
override ADD: bool = false; // add to what y holds
override RESIDUAL: bool = false; // add r, after the activation
struct Params {
  c0: u32, c1: u32, c: u32, kh: u32, plane: u32, line: u32, quads: u32, first: u32, sy: u32, dy: u32,
  o: u32, h: u32, w: u32, groups: u32,
  pair: u32, w_image: u32, y_plane: u32, y_row: u32, y_col: u32, y_origin: u32,
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> r: array<vec4f>;
fn ld_x(i: u32) -> vec4f { return x[i]; }
fn ld_w(i: u32) -> vec4f { return w[i]; }
fn ld_b(i: u32) -> vec4f { return b[i]; }
fn ld_r(i: u32) -> vec4f { return r[i]; }

// The biases of four outputs, loaded once for all pixels.
fn biases(quad: u32) -> vec4f {
  if (BIAS) { return ld_b(quad); }
  return vec4f(0);
}

// Four neighbours of the eight in a, b that begin at number s.
fn shift(a: vec4f, b: vec4f, s: u32) -> vec4f {
  if (s == 0) { return a; }
  if (s == 1) { return vec4f(a.yzw, b.x); }
  if (s == 2) { return vec4f(a.zw, b.xy); }
  return vec4f(a.w, b.xyz);
}

// Three neighbouring quads: eight pixels at any shift.
struct Quads { a: vec4f, b: vec4f, c: vec4f }

// The quads at i, taken from those loaded before where they are the same or the next ones.
fn quads(same: bool, next: bool, before: Quads, i: u32) -> Quads {
  if (same) { return before; }
  if (next) { return Quads(before.b, before.c, ld_x(i + 2u)); }
  return Quads(ld_x(i), ld_x(i + 1u), ld_x(i + 2u));
}

// The eight pixels under each of three taps.
fn window(i: u32) -> array<vec4f, 6> {
  let q = quads(false, false, Quads(vec4f(0), vec4f(0), vec4f(0)), i + P0 * params.quads + I0 / 4);
  let r = quads(Q1 == Q0, Q1 == Q0 + 1, q, i + P1 * params.quads + I1 / 4);
  var s = q;
  if (Q2 != Q0) { s = quads(Q2 == Q1, Q2 == Q1 + 1, r, i + P2 * params.quads + I2 / 4); }
  return array<vec4f, 6>(
    shift(q.a, q.b, I0 % 4), shift(q.b, q.c, I0 % 4),
    shift(r.a, r.b, I1 % 4), shift(r.b, r.c, I1 % 4),
    shift(s.a, s.b, I2 % 4), shift(s.b, s.c, I2 % 4),
  );
}
