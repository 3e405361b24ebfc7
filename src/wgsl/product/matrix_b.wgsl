// b[k,n] of a product whose b is a matrix in memory, its rows along k or along n, in blocks: the images of a batch
// A thread loads quads along the rows: whole ones where B_FOUR, else number by number.
override B_FOUR: bool = true;
override BLOCKS: bool = false; // n runs over blocks of params.block columns, params.b_block apart
struct Params {
  m: u32, n: u32, k: u32, tiles_m: u32, tiles_n: u32, slices: u32, products: u32,
  a_row: u32, a_step: u32, a_matrix: u32, b_row: u32, b_matrix: u32, block: u32, b_block: u32, y_row: u32, y_block: u32,
  y_matrix: u32, y_size: u32,
}
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> b4: array<vec4f>;
@group(0) @binding(6) var<uniform> params: Params;
var<private> b_first: u32; // where the matrix begins
var<private> b_own: u32; // where a thread's load begins at k = 0, in quads where B_FOUR
var<private> y_first: u32;

fn begin(tile_n: u32, product: u32, slice: u32) -> u32 {
  n0 = tile_n * BN;
  a_first = product * params.a_matrix;
  b_first = product * params.b_matrix;
  y_first = product * params.y_matrix + slice * params.y_size;
  return (params.k + BK - 1) / BK;
}
fn seek(step: u32) {
  begin_a();
  a_k = step * BK;
  b_own = n0 + at_b.x;
  if (BLOCKS) { b_own = b_own / params.block * params.b_block + b_own % params.block; }
  b_own += b_first + at_b.y * params.b_row;
  if (B_WAY == QUADS_OF_K) { b_own = b_first + (n0 + at_b.x) * params.b_row + at_b.y; }
  if (B_FOUR) { b_own /= 4; }
}
fn advance() { a_k += BK; }

fn load_b(j: u32) -> vec4f {
  let next = j * next_place(B_WAY, BN);
  let k = a_k + at_b.y + next.y;
  var on = (a_k + next.y) * params.b_row;
  if (B_WAY == QUADS_OF_K) { on = next.x * params.b_row + a_k; }
  if (B_FOUR) { return within(B_WAY, b4[b_own + on / 4], k, params.k); }
  let at = b_own + on;
  return within(B_WAY, vec4f(b[at], b[at + 1], b[at + 2], b[at + 3]), k, params.k);
}

fn put(m: u32, n: u32, v: vec4f) {
  if (m >= params.m || n >= params.n) { return; }
  var at = n;
  if (BLOCKS) { at = n / params.block * params.y_block + n % params.block; }
  at += y_first + m * params.y_row;
  put_four(vec4u(at, at + 1, at + 2, at + 3), m, params.n - n, v);
}
