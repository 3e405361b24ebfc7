// y[i] = act(v + bias + r[i])
// The store of the convolution kernels for rows of whole quads, one quad at a time.
override RESIDUAL: bool = false;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(5) var<storage, read> r: array<vec4f>;
fn ld_r(i: u32) -> vec4f { return r[i]; }

fn put4(o: u32, col: u32, row: u32, v: vec4f) {
  if (o >= params.o || col >= params.w) { return; }
  let i = (row + o * params.y_plane + col) / 4u;
  var sum = v;
  if (BIAS) { sum += vec4f(b[o]); }
  if (RESIDUAL) { sum += ld_r(i); }
  if (ACT == 1) { sum = max(sum, vec4f(0)); }
  if (ACT == 2) { sum = clamp(sum, vec4f(0), vec4f(6)); }
  y[i] = sum;
}
