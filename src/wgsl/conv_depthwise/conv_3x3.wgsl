// z[n,e,Y,X] = sum_{c,ky,kx} v[e,c,ky,kx] x[n, c, 2 Y + ky - x_top, 2 X + kx - X_LEFT], three taps at a time
// Returns a row of sixteen columns, and one on either side, of eight channels. Nothing runs by itself.
fn quad(row: u32, q: u32, end: u32) -> vec4f {
  return select(vec4f(0), ld_x(row + q), vec4u(4u * q) + vec4u(0, 1, 2, 3) < vec4u(end));
}

fn plus(s: Row, x: Row, y: Row, z: Row, k: vec3f) -> Row {
  return Row(
    fma(z.l, k.z, fma(y.l, k.y, fma(x.l, k.x, s.l))),
    fma(z.a, vec4f(k.z), fma(y.a, vec4f(k.y), fma(x.a, vec4f(k.x), s.a))),
    fma(z.b, vec4f(k.z), fma(y.b, vec4f(k.y), fma(x.b, vec4f(k.x), s.b))),
    fma(z.c, vec4f(k.z), fma(y.c, vec4f(k.y), fma(x.c, vec4f(k.x), s.c))),
    fma(z.d, vec4f(k.z), fma(y.d, vec4f(k.y), fma(x.d, vec4f(k.x), s.d))),
    fma(z.r, k.z, fma(y.r, k.y, fma(x.r, k.x, s.r))),
  );
}

fn convolved(image: u32, line: u32, group: u32, block: u32) -> Rows {
  var s: Rows;
  let last = 18u * (block + 1u) * params.c;
  var plane = image * params.c * params.x_h;
  for (var at = 18u * block * params.c; at < last; at += 18u) {
    for (var ky = 0u; ky < 3u; ky++) {
      let Y = 2u * line + ky - params.x_top;
      let end = select(0u, params.x_w, Y < params.x_h);
      let row = (plane + Y) * params.quads;
      let first = 8u * group - 1u;
      let f = quad(row, first, end);
      let g = quad(row, first + 1u, end);
      let h = quad(row, first + 2u, end);
      let i = quad(row, first + 3u, end);
      let j = quad(row, first + 4u, end);
      let k = quad(row, first + 5u, end);
      let l = quad(row, first + 6u, end);
      let m = quad(row, first + 7u, end);
      let n = quad(row, first + 8u, end);
      let o = quad(row, first + 9u, end);
      let even = Row(f.z, vec4f(g.xz, h.xz), vec4f(i.xz, j.xz), vec4f(k.xz, l.xz), vec4f(m.xz, n.xz), o.x);
      let odd = Row(f.w, vec4f(g.yw, h.yw), vec4f(i.yw, j.yw), vec4f(k.yw, l.yw), vec4f(m.yw, n.yw), o.y);
      var p = even;
      var q = odd;
      var r = Row(
        g.x, vec4f(g.z, h.xz, i.x), vec4f(i.z, j.xz, k.x), vec4f(k.z, l.xz, m.x), vec4f(m.z, n.xz, o.x), o.z,
      );
      if (X_LEFT > 0) {
        p = Row(
          f.y, vec4f(f.w, g.yw, h.y), vec4f(h.w, i.yw, j.y), vec4f(j.w, k.yw, l.y), vec4f(l.w, m.yw, n.y), n.w,
        );
        q = even;
        r = odd;
      }
      let tap = at + 6u * ky;
      let v0 = ld_v(tap);
      let v1 = ld_v(tap + 2u);
      let v2 = ld_v(tap + 4u);
      let u0 = ld_v(tap + 1u);
      let u1 = ld_v(tap + 3u);
      let u2 = ld_v(tap + 5u);
      s.z0 = plus(s.z0, p, q, r, vec3f(v0.x, v1.x, v2.x));
      s.z1 = plus(s.z1, p, q, r, vec3f(v0.y, v1.y, v2.y));
      s.z2 = plus(s.z2, p, q, r, vec3f(v0.z, v1.z, v2.z));
      s.z3 = plus(s.z3, p, q, r, vec3f(v0.w, v1.w, v2.w));
      s.z4 = plus(s.z4, p, q, r, vec3f(u0.x, u1.x, u2.x));
      s.z5 = plus(s.z5, p, q, r, vec3f(u0.y, u1.y, u2.y));
      s.z6 = plus(s.z6, p, q, r, vec3f(u0.z, u1.z, u2.z));
      s.z7 = plus(s.z7, p, q, r, vec3f(u0.w, u1.w, u2.w));
    }
    plane += params.x_h;
  }
  return s;
}
