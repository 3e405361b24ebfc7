// y[n,o,Y,X] = act(b[o] + sum_{ky,kx} w[o,ky,kx] x[n, o, first + sy Y + ky DY, OX + S X + kx DX])
// One thread computes 8 neighbouring pixels of 2 rows, `pair` apart, by 3x3 taps.
override OVERLAP: u32 = 2; // rows under the second row's taps that are under the first one's too

// Eight sums, and three weights.
struct Sums { a: vec4f, b: vec4f }

fn plus(s: Sums, u: array<vec4f, 6>, w: vec3f) -> Sums {
  return Sums(
    fma(u[4], vec4f(w.z), fma(u[2], vec4f(w.y), fma(u[0], vec4f(w.x), s.a))),
    fma(u[5], vec4f(w.z), fma(u[3], vec4f(w.y), fma(u[1], vec4f(w.x), s.b))),
  );
}

// A row of the second window, which the first may have.
fn again(shared_row: bool, before: array<vec4f, 6>, i: u32) -> array<vec4f, 6> {
  if (shared_row) { return before; }
  return window(i);
}

fn weights(i: u32, o: u32) -> vec3f {
  return vec3f(ld_w(i)[o & 3u], ld_w(i + 1u)[o & 3u], ld_w(i + 2u)[o & 3u]);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let pairs = id.x / params.groups;
  let group = id.x % params.groups;
  let row = pairs / params.pair * 2u * params.pair + pairs % params.pair;
  if (row >= params.h) { return; }
  let o = id.y;
  let at = (o >> 2u) * 9u;
  let i = (id.z * params.o + o) * params.plane + params.first + row * params.sy * params.line +
    2u * group;
  let down = params.dy * params.line;
  let second = params.pair * params.sy * params.line;
  let r0 = window(i);
  let r1 = window(i + down);
  let r2 = window(i + 2u * down);
  var s0 = r1;
  if (OVERLAP < 2) { s0 = again(OVERLAP == 1, r2, i + second); }
  let s1 = again(OVERLAP == 2, r2, i + second + down);
  let s2 = window(i + second + 2u * down);
  let w0 = weights(at, o);
  let w1 = weights(at + 3u, o);
  let w2 = weights(at + 6u, o);
  let none = Sums(vec4f(0), vec4f(0));
  let upper = plus(plus(plus(none, r0, w0), r1, w1), r2, w2);
  let lower = plus(plus(plus(none, s0, w0), s1, w1), s2, w2);
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  let bias = biases(o / 4u)[o % 4u];
  put4(o, 8u * group, out, upper.a, bias);
  put4(o, 8u * group + 4u, out, upper.b, bias);
  if (row + params.pair >= params.h) { return; }
  put4(o, 8u * group, out + params.pair * params.y_row, lower.a, bias);
  put4(o, 8u * group + 4u, out + params.pair * params.y_row, lower.b, bias);
}
