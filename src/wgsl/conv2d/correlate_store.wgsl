// y[i] = act(v + bias), with ADD added to what is there, with RESIDUAL r[i] added to that
// The store of the convolution kernels for any shape of output, one number at a time.
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn activated(v: f32) -> f32 {
  if (ACT == 1) { return max(v, 0.0); }
  if (ACT == 2) { return clamp(v, 0.0, 6.0); }
  return v;
}

fn put(i: u32, value: f32, bias: f32) {
  var v = value + bias;
  if (ADD) { v += y[i]; }
  v = activated(v);
  if (RESIDUAL) { v += ld_r(i / 4u)[i % 4u]; }
  y[i] = v;
}

fn put4(o: u32, col: u32, row: u32, v: vec4f, bias: f32) {
  if (o >= params.o) { return; }
  let i = row + o * params.y_plane + col * params.y_col;
  if (col < params.w) { put(i, v.x, bias); }
  if (col + 1u < params.w) { put(i + params.y_col, v.y, bias); }
  if (col + 2u < params.w) { put(i + 2u * params.y_col, v.z, bias); }
  if (col + 3u < params.w) { put(i + 3u * params.y_col, v.w, bias); }
}
