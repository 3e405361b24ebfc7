// b[k,n] of a convolution: n is a pixel of all images, k a channel and a tap; with BACK the gradient by the input
// A thread loads four channels of one pixel; each phase of the stride is a product, with the taps that reach it.
override KH: u32 = 3;
override KW: u32 = 3;
override S: u32 = 1; // stride
override D: u32 = 1; // dilation
override COMMON: u32 = 1; // greatest common divisor of the two
override BACK: bool = false;
override REFLECT: bool = false; // what lies outside the image is its mirror image
override FEW: bool = false; // k runs over the taps of each channel, else over channels for each tap
override FLAT: bool = false; // sums lie in memory as they are numbered
override TAPS: u32 = KH * KW;
struct Params {
  m: u32, k: u32, tiles_m: u32, tiles_n: u32, slices: u32, products: u32, a_row: u32, a_step: u32,
  images: u32, c: u32, h: u32, w: u32, y_h: u32, y_w: u32, top: i32, left: i32, y_size: u32,
}
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// Along one axis: sums of a phase, taps that reach it, the pixel of sum 0 under the first of them, pixels
// from tap to tap, the first tap, and from there to the next.
struct Axis { count: u32, taps: u32, first: i32, step: i32, tap: u32, tap_step: u32 }
var<private> rows: Axis;
var<private> cols: Axis;
var<private> phase: vec2u;
var<private> y_first: u32;
// The thread's pixel, and the step's channels and tap.
var<private> row: i32;
var<private> col: i32;
var<private> image: u32;
var<private> own: u32; // index of the pixel in the first channel that the thread loads
var<private> known: bool;
var<private> c0: u32;
var<private> ky: u32;
var<private> kx: u32;

fn axis(p: u32, size: u32, taps: u32, pad: i32) -> Axis {
  if (!BACK) { return Axis(size, taps, -pad, i32(D), 0, 1); }
  let step = S / COMMON;
  let r = u32(i32(p) + pad) % S;
  var tap = 0u;
  while (tap < step && tap * D % S != r) { tap++; }
  let none = tap >= min(taps, step);
  let reached = select((taps - tap + step - 1) / step, 0u, none);
  tap = select(tap + (reached - 1) * step, 0u, none);
  let first = (i32(p) + pad - i32(D * tap)) / i32(S);
  return Axis(select(0u, (size - p + S - 1) / S, p < size), reached, first, i32(D / COMMON), tap, 0u - step);
}

fn begin(tile_n: u32, product: u32, slice: u32) -> u32 {
  n0 = tile_n * BN;
  phase = vec2u(product / S, product % S);
  let down = axis(product / S, params.y_h, KH, params.top);
  let along = axis(product % S, params.y_w, KW, params.left);
  y_first = slice * params.y_size;
  rows = down;
  cols = along;
  let i = n0 + t % BN; // as in first_place
  let count = down.count * along.count;
  image = i / count;
  known = image < params.images;
  let pixel = i % count;
  let step = select(i32(S), 1, BACK);
  row = i32(pixel / along.count) * step + down.first;
  col = i32(pixel % along.count) * step + along.first;
  own = ((image * params.c + 4 * (t / BN)) * params.h + u32(row)) * params.w + u32(col);
  if (FEW) { return (params.k + BK - 1) / BK; }
  return (params.c + BK - 1) / BK * down.taps * along.taps;
}

fn seek(step: u32) {
  begin_a();
  if (FEW) {
    a_k = step * BK;
    return;
  }
  let taps = max(1, rows.taps * cols.taps);
  c0 = step / taps * BK;
  ky = step % taps / max(1, cols.taps);
  kx = step % max(1, cols.taps);
  to_weights();
}
fn to_weights() {
  let tap = (rows.tap + ky * rows.tap_step) * KW + cols.tap + kx * cols.tap_step;
  a_k = c0 * TAPS + tap * BK;
  if (SPREAD) {
    a_k = c0;
    a_at = c0 * params.a_step + tap;
  }
}
fn advance() {
  if (FEW) {
    a_k += BK;
    return;
  }
  kx++;
  if (kx == cols.taps) {
    kx = 0;
    ky++;
  }
  if (ky == rows.taps) {
    ky = 0;
    c0 += BK;
  }
  to_weights();
}

fn mirrored(i: i32, size: u32) -> i32 {
  if (!REFLECT) { return i; }
  let last = i32(size) - 1;
  return last - abs(last - abs(i));
}

fn pixel(c: u32, y: u32, z: u32) -> f32 {
  let r = mirrored(row + i32(y) * rows.step, params.h);
  let q = mirrored(col + i32(z) * cols.step, params.w);
  let at = ((image * params.c + c) * params.h + u32(r)) * params.w + u32(q);
  return select(0.0, x[at], known && c < params.c && u32(r) < params.h && u32(q) < params.w);
}
fn any_pixel(k: u32) -> f32 { return pixel(k / TAPS, k / KW % KH, k % KW); }

fn load_b(j: u32) -> vec4f {
  let k = at_b.y + j * next_place(COLUMNS, BN).y;
  if (FEW) {
    let i = a_k + k;
    return vec4f(any_pixel(i), any_pixel(i + 1), any_pixel(i + 2), any_pixel(i + 3));
  }
  let r = row + i32(ky) * rows.step;
  let q = col + i32(kx) * cols.step;
  let plane = params.h * params.w;
  let next = 4 * j * WG / BN;
  var inside = known && u32(r) < params.h && u32(q) < params.w;
  var at = own + (c0 + next) * plane + u32(i32(ky) * rows.step * i32(params.w) + i32(kx) * cols.step);
  if (REFLECT) {
    at = (image * params.c + c0 + k) * plane + u32(mirrored(r, params.h)) * params.w + u32(mirrored(q, params.w));
    inside = known;
  }
  let v = vec4f(x[at], x[at + plane], x[at + 2 * plane], x[at + 3 * plane]);
  return within(COLUMNS, select(vec4f(0), v, inside), c0 + k, params.c);
}

fn index_of(n: u32, m: u32) -> u32 {
  let count = rows.count * cols.count;
  let i = n % count;
  var at = (n / count * params.m + m) * params.y_h * params.y_w;
  if (FLAT) { at += i; }
  else { at += (i / cols.count * S + phase.x) * params.y_w + i % cols.count * S + phase.y; }
  return y_first + at;
}

fn put(m: u32, n: u32, v: vec4f) {
  let end = params.images * rows.count * cols.count;
  if (m >= params.m || n >= end) { return; }
  let i = vec4u(index_of(n, m), index_of(n + 1, m), index_of(n + 2, m), index_of(n + 3, m));
  put_four(i, m, end - n, v);
}
