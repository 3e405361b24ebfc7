// y[i] = act(v + bias), with ADD added to what is there, with RESIDUAL r[i] added to that
// The store of the convolution kernels for rows of whole quads, one quad at a time.
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

fn put4(o: u32, col: u32, row: u32, v: vec4f, bias: f32) {
  if (o >= params.o || col >= params.w) { return; }
  let i = (row + o * params.y_plane + col) / 4u;
  var sum = v;
  if (BIAS) { sum += vec4f(bias); }
  if (ADD) { sum += y[i]; }
  if (ACT == 1) { sum = max(sum, vec4f(0)); }
  if (ACT == 2) { sum = clamp(sum, vec4f(0), vec4f(6)); }
  if (RESIDUAL) { sum += ld_r(i); }
  y[i] = sum;
}
