// dw[n,c,ky,kx] = sum_{Y,X} dy[n,c,Y,X] x[n, c, Y + D ky - top, X + D kx - LEFT]
// One thread sums a plane, strip by strip of rows D apart: each row of pixels meets three rows of gradients.
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }

// The sums of three taps.
struct Row { k0: vec4f, k1: vec4f, k2: vec4f }

fn plus(s: Row, t: Taps, g: Sums) -> Row {
  return Row(
    fma(t.b0, g.b, fma(t.a0, g.a, s.k0)),
    fma(t.b1, g.b, fma(t.a1, g.a, s.k1)),
    fma(t.b2, g.b, fma(t.a2, g.a, s.k2)),
  );
}

// Eight gradients of row Y, zero where it is none.
fn gradients(plane: u32, Y: u32, q: u32) -> Sums {
  let i = plane + Y * params.y_quads + q;
  let own = Y < params.y_h;
  return Sums(
    select(vec4f(0), ld_dy(i), own),
    select(vec4f(0), ld_dy(i + 1u), own && q + 1u < params.y_quads),
  );
}

fn put(i: u32, s: Row) {
  dw[i] = dot(s.k0, vec4f(1));
  dw[i + 1u] = dot(s.k1, vec4f(1));
  dw[i + 2u] = dot(s.k2, vec4f(1));
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = id.x + id.y * workgroups.x * WG;
  if (i >= params.threads) { return; }
  let plane = i * params.h * params.quads;
  let own = i * params.y_h * params.y_quads;
  var s0: Row;
  var s1: Row;
  var s2: Row;
  for (var unit = 0u; unit < params.strips; unit++) {
    let strip = divide(unit, params.groups);
    let q = 2u * strip.y;
    var Y = strip.x;
    var line = Y - params.top;
    var g1 = Sums(vec4f(0), vec4f(0));
    var g2 = g1;
    for (var k = 0u; k < params.rows; k++) {
      let row = window(plane, line, q - FIRST);
      let g0 = gradients(own, Y, q);
      s0 = plus(s0, row, g0);
      s1 = plus(s1, row, g1);
      s2 = plus(s2, row, g2);
      g2 = g1;
      g1 = g0;
      Y += D;
      line += D;
    }
  }
  put(9u * i, s0);
  put(9u * i + 3u, s1);
  put(9u * i + 6u, s2);
}
