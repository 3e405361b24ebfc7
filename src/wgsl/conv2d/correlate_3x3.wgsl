// y[n,o,Y,X] = act(b[o] + sum_{c,ky,kx} w[o,c,ky,kx] x[n, c, first + sy Y + ky DY, OX + S X + kx DX])
// One thread computes 8 neighbouring pixels of 2 rows, `pair` apart, of 4 outputs by 3x3 taps.
override OVERLAP: u32 = 2; // rows under the second row's taps that are under the first one's too

// Four pixels under nine taps, and one output's weights.
struct Nine {
  p0: vec4f, p1: vec4f, p2: vec4f, p3: vec4f, p4: vec4f, p5: vec4f, p6: vec4f, p7: vec4f, p8: vec4f,
}
struct Taps { w0: f32, w1: f32, w2: f32, w3: f32, w4: f32, w5: f32, w6: f32, w7: f32, w8: f32 }

fn left(r: array<vec4f, 6>, s: array<vec4f, 6>, t: array<vec4f, 6>) -> Nine {
  return Nine(r[0], r[2], r[4], s[0], s[2], s[4], t[0], t[2], t[4]);
}

fn right(r: array<vec4f, 6>, s: array<vec4f, 6>, t: array<vec4f, 6>) -> Nine {
  return Nine(r[1], r[3], r[5], s[1], s[3], s[5], t[1], t[3], t[5]);
}

// One chain for each sum: it is loaded and stored once where registers run out.
fn plus(sum: vec4f, p: Nine, w: Taps) -> vec4f {
  let r = fma(p.p2, vec4f(w.w2), fma(p.p1, vec4f(w.w1), fma(p.p0, vec4f(w.w0), sum)));
  let s = fma(p.p5, vec4f(w.w5), fma(p.p4, vec4f(w.w4), fma(p.p3, vec4f(w.w3), r)));
  return fma(p.p8, vec4f(w.w8), fma(p.p7, vec4f(w.w7), fma(p.p6, vec4f(w.w6), s)));
}

// A row of the second window, which the first may have.
fn again(shared_row: bool, before: array<vec4f, 6>, i: u32) -> array<vec4f, 6> {
  if (shared_row) { return before; }
  return window(i);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let pairs = id.x / params.groups;
  let group = id.x % params.groups;
  let row = pairs / params.pair * 2u * params.pair + pairs % params.pair;
  if (row >= params.h) { return; }
  var i = (id.z * params.c + params.c0) * params.plane +
    params.first + row * params.sy * params.line + 2u * group;
  var at = (id.y * params.c + params.c0) * 9u;
  let down = params.dy * params.line;
  let second = params.pair * params.sy * params.line;
  var a0 = vec4f(0);
  var a1 = vec4f(0);
  var a2 = vec4f(0);
  var a3 = vec4f(0);
  var b0 = vec4f(0);
  var b1 = vec4f(0);
  var b2 = vec4f(0);
  var b3 = vec4f(0);
  var c0 = vec4f(0);
  var c1 = vec4f(0);
  var c2 = vec4f(0);
  var c3 = vec4f(0);
  var d0 = vec4f(0);
  var d1 = vec4f(0);
  var d2 = vec4f(0);
  var d3 = vec4f(0);
  for (var c = params.c0; c < params.c1; c++) {
    let r0 = window(i);
    let r1 = window(i + down);
    let r2 = window(i + 2u * down);
    var s0 = r1;
    if (OVERLAP < 2) { s0 = again(OVERLAP == 1, r2, i + second); }
    let s1 = again(OVERLAP == 2, r2, i + second + down);
    let s2 = window(i + second + 2u * down);
    let p = left(r0, r1, r2);
    let q = right(r0, r1, r2);
    let t = left(s0, s1, s2);
    let u = right(s0, s1, s2);
    let w0 = ld_w(at);
    let w1 = ld_w(at + 1u);
    let w2 = ld_w(at + 2u);
    let w3 = ld_w(at + 3u);
    let w4 = ld_w(at + 4u);
    let w5 = ld_w(at + 5u);
    let w6 = ld_w(at + 6u);
    let w7 = ld_w(at + 7u);
    let w8 = ld_w(at + 8u);
    let f0 = Taps(w0.x, w1.x, w2.x, w3.x, w4.x, w5.x, w6.x, w7.x, w8.x);
    a0 = plus(a0, p, f0);
    b0 = plus(b0, q, f0);
    c0 = plus(c0, t, f0);
    d0 = plus(d0, u, f0);
    let f1 = Taps(w0.y, w1.y, w2.y, w3.y, w4.y, w5.y, w6.y, w7.y, w8.y);
    a1 = plus(a1, p, f1);
    b1 = plus(b1, q, f1);
    c1 = plus(c1, t, f1);
    d1 = plus(d1, u, f1);
    let f2 = Taps(w0.z, w1.z, w2.z, w3.z, w4.z, w5.z, w6.z, w7.z, w8.z);
    a2 = plus(a2, p, f2);
    b2 = plus(b2, q, f2);
    c2 = plus(c2, t, f2);
    d2 = plus(d2, u, f2);
    let f3 = Taps(w0.w, w1.w, w2.w, w3.w, w4.w, w5.w, w6.w, w7.w, w8.w);
    a3 = plus(a3, p, f3);
    b3 = plus(b3, q, f3);
    c3 = plus(c3, t, f3);
    d3 = plus(d3, u, f3);
    at += 9u;
    i += params.plane;
  }
  let o = 4u * id.y;
  let bias = biases(id.y);
  let col = 8u * group;
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  put4(o, col, out, a0, bias.x);
  put4(o + 1u, col, out, a1, bias.y);
  put4(o + 2u, col, out, a2, bias.z);
  put4(o + 3u, col, out, a3, bias.w);
  put4(o, col + 4u, out, b0, bias.x);
  put4(o + 1u, col + 4u, out, b1, bias.y);
  put4(o + 2u, col + 4u, out, b2, bias.z);
  put4(o + 3u, col + 4u, out, b3, bias.w);
  if (row + params.pair >= params.h) { return; }
  let next = out + params.pair * params.y_row;
  put4(o, col, next, c0, bias.x);
  put4(o + 1u, col, next, c1, bias.y);
  put4(o + 2u, col, next, c2, bias.z);
  put4(o + 3u, col, next, c3, bias.w);
  put4(o, col + 4u, next, d0, bias.x);
  put4(o + 1u, col + 4u, next, d1, bias.y);
  put4(o + 2u, col + 4u, next, d2, bias.z);
  put4(o + 3u, col + 4u, next, d3, bias.w);
}
