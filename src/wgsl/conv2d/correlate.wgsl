// y[n,o,Y,X] = act(b[o] + sum_{c,ky,kx} w[o,c,ky,kx] x[n, c, row0 + sy Y + ky DY, OX + S X + kx DX])
// One thread computes 8 neighbouring pixels of 4 B outputs; x is staged in column phases, w packed.
override WG: u32 = 8;
override B: u32 = 4; // quads of outputs a thread computes
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
struct Params {
  c0: u32, c1: u32, c: u32, kh: u32, plane: u32, line: u32, quads: u32, row0: u32, sy: u32, dy: u32,
  o: u32, h: u32, w: u32, groups: u32,
  y_plane: u32, y_row: u32, y_col: u32, y_origin: u32,
}

// Sums of four outputs (0 to 3) at eight pixels (a: the first four, b: the others).
struct Tile { a0: vec4f, b0: vec4f, a1: vec4f, b1: vec4f, a2: vec4f, b2: vec4f, a3: vec4f, b3: vec4f }

fn tap(t: ptr<function, Tile>, u: vec4f, v: vec4f, w: vec4f) {
  (*t).a0 = fma(u, w.xxxx, (*t).a0);
  (*t).b0 = fma(v, w.xxxx, (*t).b0);
  (*t).a1 = fma(u, w.yyyy, (*t).a1);
  (*t).b1 = fma(v, w.yyyy, (*t).b1);
  (*t).a2 = fma(u, w.zzzz, (*t).a2);
  (*t).b2 = fma(v, w.zzzz, (*t).b2);
  (*t).a3 = fma(u, w.wwww, (*t).a3);
  (*t).b3 = fma(v, w.wwww, (*t).b3);
}

fn taps(t: ptr<function, Tile>, u: array<vec4f, 6>, at: u32) {
  tap(t, u[0], u[1], ld_w(at));
  tap(t, u[2], u[3], ld_w(at + B));
  tap(t, u[4], u[5], ld_w(at + 2u * B));
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

fn activated(v: f32) -> f32 {
  if (ACT == 1) { return max(v, 0.0); }
  if (ACT == 2) { return clamp(v, 0.0, 6.0); }
  return v;
}

fn put(i: u32, value: f32, bias: f32) {
  var v = value + bias;
  if (ADD) { v += y[i]; }
  y[i] = activated(v);
}

fn put4(o: u32, col: u32, row: u32, v: vec4f) {
  if (o >= params.o) { return; }
  var bias = 0.0;
  if (BIAS) { bias = b[o]; }
  let i = row + o * params.y_plane + col * params.y_col;
  if (col < params.w) { put(i, v.x, bias); }
  if (col + 1u < params.w) { put(i + params.y_col, v.y, bias); }
  if (col + 2u < params.w) { put(i + 2u * params.y_col, v.z, bias); }
  if (col + 3u < params.w) { put(i + 3u * params.y_col, v.w, bias); }
}

fn store(t: Tile, o: u32, col: u32, row: u32) {
  put4(o, col, row, t.a0);
  put4(o + 1u, col, row, t.a1);
  put4(o + 2u, col, row, t.a2);
  put4(o + 3u, col, row, t.a3);
  put4(o, col + 4u, row, t.b0);
  put4(o + 1u, col + 4u, row, t.b1);
  put4(o + 2u, col + 4u, row, t.b2);
  put4(o + 3u, col + 4u, row, t.b3);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.h * params.groups) { return; }
  let row = id.x / params.groups;
  let group = id.x % params.groups;
  var t0: Tile;
  var t1: Tile;
  var t2: Tile;
  var t3: Tile;
  var line = (id.z * params.c + params.c0) * params.plane +
    (params.row0 + row * params.sy) * params.line + 2u * group;
  var at = (id.y * params.c + params.c0) * params.kh * KW * B;
  for (var c = params.c0; c < params.c1; c++) {
    var i = line;
    for (var ky = 0u; ky < params.kh; ky++) {
      if (KW == 3) {
        let u = window(i);
        taps(&t0, u, at);
        if (B > 1) { taps(&t1, u, at + 1u); }
        if (B > 2) { taps(&t2, u, at + 2u); }
        if (B > 3) { taps(&t3, u, at + 3u); }
        at += 3u * B;
      } else {
        for (var kx = 0u; kx < KW; kx++) {
          let col = OX + kx * DX;
          let first = i + (col % S) * params.quads + col / S / 4;
          let q = ld_x(first + 1u);
          let u = shift(ld_x(first), q, col / S % 4);
          let v = shift(q, ld_x(first + 2u), col / S % 4);
          tap(&t0, u, v, ld_w(at));
          if (B > 1) { tap(&t1, u, v, ld_w(at + 1u)); }
          if (B > 2) { tap(&t2, u, v, ld_w(at + 2u)); }
          if (B > 3) { tap(&t3, u, v, ld_w(at + 3u)); }
          at += B;
        }
      }
      i += params.dy * params.line;
    }
    line += params.plane;
  }
  let o = 4u * B * id.y;
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  store(t0, o, 8u * group, out);
  if (B > 1) { store(t1, o + 4u, 8u * group, out); }
  if (B > 2) { store(t2, o + 8u, 8u * group, out); }
  if (B > 3) { store(t3, o + 12u, 8u * group, out); }
}
