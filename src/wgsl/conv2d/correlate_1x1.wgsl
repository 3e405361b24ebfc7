// y[n,o,Y,X] = act(b[o] + sum_c w[o,c] x[n, c, first + sy Y, X])
// One thread computes 16 neighbouring pixels of 4 B outputs, two inputs at a time.
override B: u32 = 2; // quads of outputs a thread computes: 1 or 2

// Sums of one output at 16 pixels, and the pixels of two inputs.
struct Sums { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

fn plus(s: Sums, x: Sums, y: Sums, u: f32, v: f32) -> Sums {
  return Sums(
    fma(y.a, vec4f(v), fma(x.a, vec4f(u), s.a)),
    fma(y.b, vec4f(v), fma(x.b, vec4f(u), s.b)),
    fma(y.c, vec4f(v), fma(x.c, vec4f(u), s.c)),
    fma(y.d, vec4f(v), fma(x.d, vec4f(u), s.d)),
  );
}

fn pixels(i: u32) -> Sums { return Sums(ld_x(i), ld_x(i + 1u), ld_x(i + 2u), ld_x(i + 3u)); }

fn put16(o: u32, col: u32, row: u32, s: Sums) {
  put4(o, col, row, s.a);
  put4(o, col + 4u, row, s.b);
  put4(o, col + 8u, row, s.c);
  put4(o, col + 12u, row, s.d);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.h * params.groups) { return; }
  let row = id.x / params.groups;
  let group = id.x % params.groups;
  var s0: Sums;
  var s1: Sums;
  var s2: Sums;
  var s3: Sums;
  var s4: Sums;
  var s5: Sums;
  var s6: Sums;
  var s7: Sums;
  var i = (id.z * params.c + params.c0) * params.plane + params.first + OX / 4 +
    row * params.sy * params.line + 4u * group;
  // An odd last input is taken twice, the second time with the weight 0.
  var at = (id.y * ((params.c + 1u) & ~1u) + params.c0) * B;
  for (var c = params.c0; c < params.c1; c += 2u) {
    let x = pixels(i);
    let y = pixels(i + select(params.plane, 0u, c + 1u == params.c));
    let u = ld_w(at);
    let v = ld_w(at + B);
    s0 = plus(s0, x, y, u.x, v.x);
    s1 = plus(s1, x, y, u.y, v.y);
    s2 = plus(s2, x, y, u.z, v.z);
    s3 = plus(s3, x, y, u.w, v.w);
    if (B > 1) {
      let r = ld_w(at + 1u);
      let t = ld_w(at + B + 1u);
      s4 = plus(s4, x, y, r.x, t.x);
      s5 = plus(s5, x, y, r.y, t.y);
      s6 = plus(s6, x, y, r.z, t.z);
      s7 = plus(s7, x, y, r.w, t.w);
    }
    i += 2u * params.plane;
    at += 2u * B;
  }
  let o = 4u * B * id.y;
  let col = 16u * group;
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  put16(o, col, out, s0);
  put16(o + 1u, col, out, s1);
  put16(o + 2u, col, out, s2);
  put16(o + 3u, col, out, s3);
  if (B < 2) { return; }
  put16(o + 4u, col, out, s4);
  put16(o + 5u, col, out, s5);
  put16(o + 6u, col, out, s6);
  put16(o + 7u, col, out, s7);
}
