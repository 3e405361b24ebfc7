// y[n,c,Y,X] = act(b[c] + sum_{ky,kx} w[c,ky,kx] x[n, c, S Y + D ky - top, S X + D kx - LEFT])
// One thread computes 8 neighbouring pixels of a strip of rows D apart by 3x3 taps; x is no staged copy.
override BIAS: bool = false;
override ACT: u32 = 0; // 1 ReLU, 2 ReLU6
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
fn ld_w(i: u32) -> vec4f { return w[i]; }

fn plus(s: Sums, t: Taps, w: vec4f) -> Sums {
  return Sums(
    fma(t.a2, vec4f(w.z), fma(t.a1, vec4f(w.y), fma(t.a0, vec4f(w.x), s.a))),
    fma(t.b2, vec4f(w.z), fma(t.b1, vec4f(w.y), fma(t.b0, vec4f(w.x), s.b))),
  );
}

fn finished(sum: vec4f, bias: vec4f) -> vec4f {
  let v = sum + bias;
  if (ACT == 1) { return max(v, vec4f(0)); }
  if (ACT == 2) { return clamp(v, vec4f(0), vec4f(6)); }
  return v;
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = id.x + id.y * workgroups.x * WG;
  if (i >= params.threads) { return; }
  let along = divide(i, params.groups);
  let down = divide(along.x, params.strips);
  let channel = divide(down.x, params.c).y;
  let strip = divide(down.y, D);
  let group = along.y;
  let first = strip.x * params.rows * D + strip.y;
  let plane = down.x * params.h * params.quads;
  let out = down.x * params.y_h * params.y_quads + 2u * group;
  let w0 = ld_w(3u * channel);
  let w1 = ld_w(3u * channel + 1u);
  let w2 = ld_w(3u * channel + 2u);
  var bias = vec4f(0);
  if (BIAS) { bias = vec4f(b[channel]); }
  // Each row is the third of one sum, the second of the next and the first of the one after.
  let none = Sums(vec4f(0), vec4f(0));
  var third = none;
  var second = none;
  var line = S * first - params.top;
  var Y = first - D * (3u - S);
  for (var k = 0u; k < params.rows + 3u - S; k++) {
    let row = window(plane, line, 2u * S * group - FIRST);
    let sum = plus(third, row, w2);
    if (k + S > 2u && Y < params.y_h) {
      let at = out + Y * params.y_quads;
      y[at] = finished(sum.a, bias);
      if (2u * group + 1u < params.y_quads) { y[at + 1u] = finished(sum.b, bias); }
    }
    let begun = plus(none, row, w0);
    if (S == 1) {
      third = plus(second, row, w1);
      second = begun;
    } else {
      third = plus(begun, window(plane, line + 1u, 2u * S * group - FIRST), w1);
    }
    line += S * D;
    Y += D;
  }
}
