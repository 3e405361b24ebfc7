// a[k,m] = dy[m,k] and b[k,n] of the gradient by the weights: k is a pixel of all images, n a channel and a tap
// A thread loads four channels of one pixel.
override KH: u32 = 3;
override KW: u32 = 3;
override S: u32 = 1; // stride
override D: u32 = 1; // dilation
override REFLECT: bool = false; // what lies outside the image is its mirror image
override FEW: bool = false; // n runs over the taps of each channel, else over channels for each tap
override FLAT: bool = false; // pixels lie under themselves, in one row
override TAPS: u32 = KH * KW;
struct Params {
  m: u32, k: u32, tiles_m: u32, tiles_n: u32, slices: u32, products: u32,
  c: u32, h: u32, w: u32, y_h: u32, y_w: u32, top: i32, left: i32, tiles_c: u32, y_size: u32,
  next_image: u32, next_row: u32, next_col: u32, // BK pixels on
}
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;
var<private> y_first: u32;
var<private> tap: u32;
// The thread's pixel.
var<private> k: u32;
var<private> row: u32;
var<private> col: u32;
var<private> own_dy: u32; // index of the pixel in the first channel that the thread loads
var<private> own_x: u32; // where the first channel begins that it loads

fn begin(tile_n: u32, product: u32, slice: u32) -> u32 {
  tap = tile_n / params.tiles_c;
  n0 = tile_n % params.tiles_c * BN;
  y_first = slice * params.y_size;
  return (params.k + BK - 1) / BK;
}

fn seek(step: u32) {
  k = step * BK + t % BK;
  let size = params.y_h * params.y_w;
  let image = k / size;
  row = k % size / params.y_w;
  col = k % params.y_w;
  own_dy = (image * params.m + m0 + at_a.x) * size + k % size;
  own_x = image * params.c * params.h * params.w;
  if (!FEW) { own_x += (n0 + at_b.x) * params.h * params.w; }
}
fn advance() {
  k += BK;
  var images = params.next_image;
  row += params.next_row;
  col += params.next_col;
  if (col >= params.y_w) {
    col -= params.y_w;
    row++;
  }
  if (row >= params.y_h) {
    row -= params.y_h;
    images++;
  }
  own_dy += BK + images * ((params.m - 1) * params.y_h * params.y_w);
  own_x += images * (params.c * params.h * params.w);
}

fn load_a(j: u32) -> vec4f {
  let plane = params.y_h * params.y_w;
  let at = own_dy + j * next_place(ROWS, BM).x * plane;
  let v = vec4f(dy[at], dy[at + plane], dy[at + 2 * plane], dy[at + 3 * plane]);
  return within(ROWS, v, k, params.k);
}

fn mirrored(i: i32, size: u32) -> i32 {
  if (!REFLECT) { return i; }
  let last = i32(size) - 1;
  return last - abs(last - abs(i));
}

// The index of the pixel under a tap in its plane; what is outside the image is u32(-1).
fn under(tap: u32) -> u32 {
  if (FLAT) { return select(0xffffffffu, col, WHOLE || k < params.k); }
  let r = mirrored(i32(row * S + tap / KW * D) - params.top, params.h);
  let q = mirrored(i32(col * S + tap % KW * D) - params.left, params.w);
  let inside = (WHOLE || k < params.k) && u32(r) < params.h && u32(q) < params.w;
  return select(0xffffffffu, u32(r) * params.w + u32(q), inside);
}

fn any_pixel(n: u32) -> f32 {
  let at = under(n % TAPS);
  let plane = n / TAPS * params.h * params.w;
  return select(0.0, x[own_x + plane + at], at != 0xffffffffu);
}

fn load_b(j: u32) -> vec4f {
  let next = j * next_place(ROWS, BN).x;
  if (FEW) {
    let n = n0 + at_b.x + next;
    return vec4f(any_pixel(n), any_pixel(n + 1), any_pixel(n + 2), any_pixel(n + 3));
  }
  let there = under(tap);
  let plane = params.h * params.w;
  let at = own_x + next * plane + there;
  let v = vec4f(x[at], x[at + plane], x[at + 2 * plane], x[at + 3 * plane]);
  return select(vec4f(0), v, there != 0xffffffffu);
}

fn put(m: u32, n: u32, v: vec4f) {
  var end = params.c;
  var first = m * params.c * TAPS;
  var step = TAPS;
  if (FEW) {
    end *= TAPS;
    step = 1;
  } else { first += tap; }
  if (m >= params.m || n >= end) { return; }
  let i = vec4u(n, n + 1, n + 2, n + 3) * step + y_first + first;
  put_four(i, m, end - n, v);
}
