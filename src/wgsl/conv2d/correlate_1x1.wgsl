// y[n,o,Y,X] = act(b[o] + sum_c w[o,c] x[n, c, first + sy Y, X])
// One thread computes 16 neighbouring pixels of 4 B outputs, four inputs at a time.
override B: u32 = 2; // quads of outputs a thread computes: 1 or 2

// Sums of one output at 16 pixels, and the pixels of an input.
struct Sums { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

fn plus(s: Sums, x: Sums, y: Sums, z: Sums, t: Sums, k: vec4f) -> Sums {
  return Sums(
    fma(t.a, vec4f(k.w), fma(z.a, vec4f(k.z), fma(y.a, vec4f(k.y), fma(x.a, vec4f(k.x), s.a)))),
    fma(t.b, vec4f(k.w), fma(z.b, vec4f(k.z), fma(y.b, vec4f(k.y), fma(x.b, vec4f(k.x), s.b)))),
    fma(t.c, vec4f(k.w), fma(z.c, vec4f(k.z), fma(y.c, vec4f(k.y), fma(x.c, vec4f(k.x), s.c)))),
    fma(t.d, vec4f(k.w), fma(z.d, vec4f(k.z), fma(y.d, vec4f(k.y), fma(x.d, vec4f(k.x), s.d)))),
  );
}

fn pixels(i: u32) -> Sums { return Sums(ld_x(i), ld_x(i + 1u), ld_x(i + 2u), ld_x(i + 3u)); }

fn put16(o: u32, col: u32, row: u32, s: Sums, bias: f32) {
  put4(o, col, row, s.a, bias);
  put4(o, col + 4u, row, s.b, bias);
  put4(o, col + 8u, row, s.c, bias);
  put4(o, col + 12u, row, s.d, bias);
}

// Workgroups side by side compute other outputs of the same pixels, which then are in a cache.
@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let place = id.y * WG + lane;
  if (place >= params.h * params.groups) { return; }
  let row = place / params.groups;
  let group = place % params.groups;
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
  var at = id.z * params.w_image + (id.x * ((params.c + 3u) & ~3u) + params.c0) * B;
  for (var c = params.c0; c < params.c1; c += 4u) {
    let x = pixels(i);
    let y = pixels(i + select(0u, params.plane, c + 1u < params.c));
    let z = pixels(i + select(0u, 2u * params.plane, c + 2u < params.c));
    let t = pixels(i + select(0u, 3u * params.plane, c + 3u < params.c));
    let k0 = ld_w(at);
    let k1 = ld_w(at + B);
    let k2 = ld_w(at + 2 * B);
    let k3 = ld_w(at + 3 * B);
    s0 = plus(s0, x, y, z, t, vec4f(k0.x, k1.x, k2.x, k3.x));
    s1 = plus(s1, x, y, z, t, vec4f(k0.y, k1.y, k2.y, k3.y));
    s2 = plus(s2, x, y, z, t, vec4f(k0.z, k1.z, k2.z, k3.z));
    s3 = plus(s3, x, y, z, t, vec4f(k0.w, k1.w, k2.w, k3.w));
    if (B > 1) {
      let l0 = ld_w(at + 1u);
      let l1 = ld_w(at + B + 1u);
      let l2 = ld_w(at + 2 * B + 1u);
      let l3 = ld_w(at + 3 * B + 1u);
      s4 = plus(s4, x, y, z, t, vec4f(l0.x, l1.x, l2.x, l3.x));
      s5 = plus(s5, x, y, z, t, vec4f(l0.y, l1.y, l2.y, l3.y));
      s6 = plus(s6, x, y, z, t, vec4f(l0.z, l1.z, l2.z, l3.z));
      s7 = plus(s7, x, y, z, t, vec4f(l0.w, l1.w, l2.w, l3.w));
    }
    i += 4u * params.plane;
    at += 4u * B;
  }
  let o = 4u * B * id.x;
  let col = 16u * group;
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  let bias = biases(B * id.x);
  put16(o, col, out, s0, bias.x);
  put16(o + 1u, col, out, s1, bias.y);
  put16(o + 2u, col, out, s2, bias.z);
  put16(o + 3u, col, out, s3, bias.w);
  if (B < 2) { return; }
  let more = biases(B * id.x + 1u);
  put16(o + 4u, col, out, s4, more.x);
  put16(o + 5u, col, out, s5, more.y);
  put16(o + 6u, col, out, s6, more.z);
  put16(o + 7u, col, out, s7, more.w);
}
