// z[n,e,Y,X] = act(a[e] + sum_{c,ky,kx} v[e,c,ky,kx] x[n, c, s Y + ky - x_top, s X + kx - X_LEFT]), zero outside
// y[n,e,Y,X] = act(b[e] + sum_{ky,kx} w[e,ky,kx] z[n, e, S Y + ky - top, S X + kx - LEFT])
// One thread goes down a strip of 16 columns of z for eight channels e: 16 / S columns of y. z is never stored.
// What lies under a tap of a row.
struct Four { a: vec4f, b: vec4f, c: vec4f, d: vec4f }
// The taps of a channel, three a row, and its two biases.
struct Channel { w0: vec4f, w1: vec4f, w2: vec4f, a: f32, b: f32 }
// Sums that lack the third row of taps, and those that lack the second too.
struct Sums { third: Four, second: Four }

fn act(v: vec4f) -> vec4f {
  if (ACT == 1) { return max(v, vec4f(0)); }
  if (ACT == 2) { return clamp(v, vec4f(0), vec4f(6)); }
  return v;
}

// Four columns from `col` on, zero where they do not count.
fn inside(v: vec4f, bias: f32, col: u32, end: u32) -> vec4f {
  return select(vec4f(0), act(v + vec4f(bias)), vec4u(col) + vec4u(0, 1, 2, 3) < vec4u(end));
}

fn finished(s: Row, bias: f32, col: u32, end: u32) -> Row {
  return Row(
    inside(vec4f(s.l), bias, col - 1u, end).x,
    inside(s.a, bias, col, end),
    inside(s.b, bias, col + 4u, end),
    inside(s.c, bias, col + 8u, end),
    inside(s.d, bias, col + 12u, end),
    inside(vec4f(s.r), bias, col + 16u, end).x,
  );
}

// What lies under the taps of a row: the first, second or third of them.
fn under(z: Row, tap: u32) -> Four {
  if (S == 1) {
    if (tap == 1) { return Four(z.a, z.b, z.c, z.d); }
    if (tap == 0) {
      return Four(vec4f(z.l, z.a.xyz), vec4f(z.a.w, z.b.xyz), vec4f(z.b.w, z.c.xyz), vec4f(z.c.w, z.d.xyz));
    }
    return Four(vec4f(z.a.yzw, z.b.x), vec4f(z.b.yzw, z.c.x), vec4f(z.c.yzw, z.d.x), vec4f(z.d.yzw, z.r));
  }
  var first = vec4f(z.a.xz, z.b.xz);
  var last = vec4f(z.c.xz, z.d.xz);
  if (tap + 1 - LEFT == 0) {
    first = vec4f(z.l, z.a.yw, z.b.y);
    last = vec4f(z.b.w, z.c.yw, z.d.y);
  } else if (tap + 1 - LEFT == 2) {
    first = vec4f(z.a.yw, z.b.yw);
    last = vec4f(z.c.yw, z.d.yw);
  } else if (tap + 1 - LEFT == 3) {
    first = vec4f(z.a.z, z.b.xz, z.c.x);
    last = vec4f(z.c.z, z.d.xz, z.r);
  }
  return Four(first, last, first, last);
}

fn under_taps(s: Four, p: Four, q: Four, r: Four, k: vec4f) -> Four {
  return Four(
    fma(r.a, vec4f(k.z), fma(q.a, vec4f(k.y), fma(p.a, vec4f(k.x), s.a))),
    fma(r.b, vec4f(k.z), fma(q.b, vec4f(k.y), fma(p.b, vec4f(k.x), s.b))),
    fma(r.c, vec4f(k.z), fma(q.c, vec4f(k.y), fma(p.c, vec4f(k.x), s.c))),
    fma(r.d, vec4f(k.z), fma(q.d, vec4f(k.y), fma(p.d, vec4f(k.x), s.d))),
  );
}

fn chosen(no: Four, yes: Four, it: bool) -> Four {
  return Four(select(no.a, yes.a, it), select(no.b, yes.b, it), select(no.c, yes.c, it), select(no.d, yes.d, it));
}

// Adds a row of a channel to the sums; returns those that it completes. With stride 2 every other row does.
fn convolve(s: ptr<function, Sums>, z: Row, k: Channel, last: bool) -> Four {
  let none = Four(vec4f(0), vec4f(0), vec4f(0), vec4f(0));
  let p = under(z, 0);
  let q = under(z, 1);
  let r = under(z, 2);
  let begun = under_taps(none, p, q, r, k.w0);
  if (S == 1) {
    let done = under_taps((*s).third, p, q, r, k.w2);
    (*s).third = under_taps((*s).second, p, q, r, k.w1);
    (*s).second = begun;
    return done;
  }
  let done = under_taps((*s).third, p, q, r, select(k.w1, k.w2, last));
  (*s).third = chosen(done, begun, last);
  return done;
}

fn channel(e: u32) -> Channel {
  return Channel(ld_w(3u * e), ld_w(3u * e + 1u), ld_w(3u * e + 2u), a[e], b[e]);
}

fn put(i: u32, col: u32, v: Four, bias: f32) {
  y[i] = act(v.a + vec4f(bias));
  if (col + 1u < params.y_quads) { y[i + 1u] = act(v.b + vec4f(bias)); }
  if (S > 1) { return; }
  if (col + 2u < params.y_quads) { y[i + 2u] = act(v.c + vec4f(bias)); }
  if (col + 3u < params.y_quads) { y[i + 3u] = act(v.d + vec4f(bias)); }
}

// Threads side by side compute strips side by side, then other channels of these, whose pixels are in a cache then.
@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let lane = id.x + id.y * workgroups.x * WG;
  if (lane >= params.threads) { return; }
  let along = divide(lane, params.groups);
  let own = divide(along.x, params.blocks);
  let down = divide(own.x, params.strips);
  let image = down.x;
  let first = down.y * params.rows;
  let block = own.y;
  let group = along.y;
  let e = 8u * block;
  let y_plane = params.y_h * params.y_quads;
  let out = (image * params.e + e) * y_plane + 4u / S * group;
  let k0 = channel(e);
  let k1 = channel(e + 1u);
  let k2 = channel(e + 2u);
  let k3 = channel(e + 3u);
  let k4 = channel(e + 4u);
  let k5 = channel(e + 5u);
  let k6 = channel(e + 6u);
  let k7 = channel(e + 7u);
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  var s4: Sums;
  var s5: Sums;
  var s6: Sums;
  var s7: Sums;
  for (var k = 0u; k < S * params.rows + 3u - S; k++) {
    let line = S * first + k - params.top;
    let z = convolved(image, line, group, block);
    let end = select(0u, params.w, line < params.h);
    let col = 16u * group;
    let last = k % 2u == 0u;
    let y0 = convolve(&s0, finished(z.z0, k0.a, col, end), k0, last);
    let y1 = convolve(&s1, finished(z.z1, k1.a, col, end), k1, last);
    let y2 = convolve(&s2, finished(z.z2, k2.a, col, end), k2, last);
    let y3 = convolve(&s3, finished(z.z3, k3.a, col, end), k3, last);
    let y4 = convolve(&s4, finished(z.z4, k4.a, col, end), k4, last);
    let y5 = convolve(&s5, finished(z.z5, k5.a, col, end), k5, last);
    let y6 = convolve(&s6, finished(z.z6, k6.a, col, end), k6, last);
    let y7 = convolve(&s7, finished(z.z7, k7.a, col, end), k7, last);
    let Y = first + k / S - 2u / S;
    if (k >= 2u && (S == 1 || last) && Y < params.y_h) {
      let o = out + Y * params.y_quads;
      let q = 4u / S * group;
      put(o, q, y0, k0.b);
      if (e + 1u < params.e) { put(o + y_plane, q, y1, k1.b); }
      if (e + 2u < params.e) { put(o + 2u * y_plane, q, y2, k2.b); }
      if (e + 3u < params.e) { put(o + 3u * y_plane, q, y3, k3.b); }
      if (e + 4u < params.e) { put(o + 4u * y_plane, q, y4, k4.b); }
      if (e + 5u < params.e) { put(o + 5u * y_plane, q, y5, k5.b); }
      if (e + 6u < params.e) { put(o + 6u * y_plane, q, y6, k6.b); }
      if (e + 7u < params.e) { put(o + 7u * y_plane, q, y7, k7.b); }
    }
  }
}
