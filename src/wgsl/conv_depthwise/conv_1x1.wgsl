// z[n,e,Y,X] = sum_c v[e,c] x[n,c,Y,X], four inputs at a time
// Returns a row of sixteen columns, and one on either side, of eight channels. Nothing runs by itself.
fn pixels(i: u32) -> Row {
  var l = 0.0;
  var r = 0.0;
  if (LEFT > 0) { l = ld_x(i - 1u).w; }
  if (RIGHT) { r = ld_x(i + 4u).x; }
  return Row(l, ld_x(i), ld_x(i + 1u), ld_x(i + 2u), ld_x(i + 3u), r);
}

fn add(s: Row, x: Row, y: Row, z: Row, t: Row, k: vec4f) -> Row {
  return Row(
    fma(t.l, k.w, fma(z.l, k.z, fma(y.l, k.y, fma(x.l, k.x, s.l)))),
    fma(t.a, vec4f(k.w), fma(z.a, vec4f(k.z), fma(y.a, vec4f(k.y), fma(x.a, vec4f(k.x), s.a)))),
    fma(t.b, vec4f(k.w), fma(z.b, vec4f(k.z), fma(y.b, vec4f(k.y), fma(x.b, vec4f(k.x), s.b)))),
    fma(t.c, vec4f(k.w), fma(z.c, vec4f(k.z), fma(y.c, vec4f(k.y), fma(x.c, vec4f(k.x), s.c)))),
    fma(t.d, vec4f(k.w), fma(z.d, vec4f(k.z), fma(y.d, vec4f(k.y), fma(x.d, vec4f(k.x), s.d)))),
    fma(t.r, k.w, fma(z.r, k.z, fma(y.r, k.y, fma(x.r, k.x, s.r)))),
  );
}

fn convolved(image: u32, line: u32, group: u32, block: u32) -> Rows {
  let plane = params.x_h * params.quads;
  var s: Rows;
  var i = image * params.c * plane + line * params.quads + 4u * group;
  let padded = (params.c + 3u) & ~3u;
  let end = 2u * (block + 1u) * padded;
  var c = 0u;
  for (var at = 2u * block * padded; at < end; at += 8u) {
    let p = pixels(i);
    let q = pixels(i + select(0u, plane, c + 1u < params.c));
    let r = pixels(i + select(0u, 2u * plane, c + 2u < params.c));
    let t = pixels(i + select(0u, 3u * plane, c + 3u < params.c));
    let v0 = ld_v(at);
    let v1 = ld_v(at + 2u);
    let v2 = ld_v(at + 4u);
    let v3 = ld_v(at + 6u);
    let u0 = ld_v(at + 1u);
    let u1 = ld_v(at + 3u);
    let u2 = ld_v(at + 5u);
    let u3 = ld_v(at + 7u);
    s.z0 = add(s.z0, p, q, r, t, vec4f(v0.x, v1.x, v2.x, v3.x));
    s.z1 = add(s.z1, p, q, r, t, vec4f(v0.y, v1.y, v2.y, v3.y));
    s.z2 = add(s.z2, p, q, r, t, vec4f(v0.z, v1.z, v2.z, v3.z));
    s.z3 = add(s.z3, p, q, r, t, vec4f(v0.w, v1.w, v2.w, v3.w));
    s.z4 = add(s.z4, p, q, r, t, vec4f(u0.x, u1.x, u2.x, u3.x));
    s.z5 = add(s.z5, p, q, r, t, vec4f(u0.y, u1.y, u2.y, u3.y));
    s.z6 = add(s.z6, p, q, r, t, vec4f(u0.z, u1.z, u2.z, u3.z));
    s.z7 = add(s.z7, p, q, r, t, vec4f(u0.w, u1.w, u2.w, u3.w));
    i += 4u * plane;
    c += 4u;
  }
  return s;
}
