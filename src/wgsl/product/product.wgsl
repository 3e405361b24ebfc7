// y[m,n] = sum_k a[k,m] b[k,n], for each of several products (the matrices of a batch, the phases of a stride)
// A workgroup computes BM x BN sums, BK of k at a time, from a tile that its threads share; a thread TM x TN of them.
override WG: u32 = 128; // threads
override ACROSS: u32 = 8; // of them side by side along n
override TM: u32 = 4; // 4 or 8
override TN: u32 = 8; // 4 or 8
override BK: u32 = 16; // 8 or 16
override AHEAD: bool = true; // the next step is loaded before the sums of this one
override WHOLE: bool = false; // k is whole steps
override A_WAY: u32 = 0; // how threads load a and b: the constants below
override B_WAY: u32 = 0;
override DOWN: u32 = WG / ACROSS;
override BM: u32 = DOWN * TM;
override BN: u32 = ACROSS * TN;
override LA: u32 = BM * BK / 4 / WG; // quads that a thread loads of a, and of b: 1, 2 or 4
override LB: u32 = BN * BK / 4 / WG;

// A thread loads four k of one m (or n), threads side by side along k; four neighbouring m of one k, threads
// along m; four k of one m, threads along m; four neighbouring m of one k, threads along k.
const QUADS_OF_K = 0u;
const QUADS = 1u;
const COLUMNS = 2u;
const ROWS = 3u;

// Four m at eight k. The pad keeps threads side by side on different banks; indices that are constants
// save the checks of bounds.
struct Row { k: array<array<vec4f, 4>, 2>, pad: vec4f }
var<workgroup> tile: array<Row, (BM + BN) / 4 * (BK / 8)>; // the rows of a, then those of b

// Of one thread: its number, the place of its sums, of its loads in the tile (m or n, k), what it loaded, and
// the sums: rows of one or two quads.
var<private> t: u32;
var<private> m0: u32;
var<private> n0: u32;
var<private> at_a: vec2u;
var<private> at_b: vec2u;
var<private> spot_a: vec3u;
var<private> spot_b: vec3u;
var<private> na: array<vec4f, 4>;
var<private> nb: array<vec4f, 4>;
var<private> s: array<vec4f, 16>;

// The m (or n) and the k at which a thread's first load in a tile of `size` m begins.
fn first_place(way: u32, size: u32) -> vec2u {
  if (way == QUADS_OF_K) { return vec2u(t / (BK / 4), 4 * (t % (BK / 4))); }
  if (way == QUADS) { return vec2u(4 * (t % (size / 4)), t / (size / 4)); }
  if (way == COLUMNS) { return vec2u(t % size, 4 * (t / size)); }
  return vec2u(4 * (t / BK), t % BK);
}

// From load to load.
fn next_place(way: u32, size: u32) -> vec2u {
  if (way == QUADS_OF_K) { return vec2u(4 * WG / BK, 0); }
  if (way == QUADS) { return vec2u(0, 4 * WG / size); }
  if (way == COLUMNS) { return vec2u(0, 4 * WG / size); }
  return vec2u(4 * WG / BK, 0);
}

// What lies beyond k is zero, whatever was read there.
fn within(way: u32, v: vec4f, k: u32, end: u32) -> vec4f {
  if (WHOLE) { return v; }
  if (way == QUADS || way == ROWS) { return select(vec4f(0), v, k < end); }
  return select(vec4f(0), v, vec4u(k, k + 1, k + 2, k + 3) < vec4u(end));
}

// Where the load at m and k of `at` lies in the tile: row, half of its k, and the last index: k or m in a quad.
fn spot(way: u32, first: u32, size: u32, at: vec2u) -> vec3u {
  let last = select(at.x % 4, at.y % 4, way == QUADS || way == ROWS);
  return vec3u(first + at.x / 4 + size / 4 * (at.y / 8), at.y / 4 % 2, last);
}

// Puts a thread's load j into the tile of `size` m; the first lies at `spot`.
fn share(way: u32, size: u32, spot: vec3u, j: u32, v: vec4f) {
  let next = j * next_place(way, size);
  let row = spot.x + next.x / 4 + size / 4 * (next.y / 8);
  let half = spot.y + next.y / 4 % 2; // never 2: steps of four k begin at a first half
  let i = spot.z;
  if (way == QUADS || way == ROWS) {
    tile[row].k[half][i] = v;
    return;
  }
  tile[row].k[half][0][i] = v.x;
  tile[row].k[half][1][i] = v.y;
  tile[row].k[half][2][i] = v.z;
  tile[row].k[half][3][i] = v.w;
}

fn load() {
  na[0] = load_a(0);
  if (LA > 1) { na[1] = load_a(1); }
  if (LA > 2) {
    na[2] = load_a(2);
    na[3] = load_a(3);
  }
  nb[0] = load_b(0);
  if (LB > 1) { nb[1] = load_b(1); }
  if (LB > 2) {
    nb[2] = load_b(2);
    nb[3] = load_b(3);
  }
}

fn share_all() {
  share(A_WAY, BM, spot_a, 0, na[0]);
  if (LA > 1) { share(A_WAY, BM, spot_a, 1, na[1]); }
  if (LA > 2) {
    share(A_WAY, BM, spot_a, 2, na[2]);
    share(A_WAY, BM, spot_a, 3, na[3]);
  }
  share(B_WAY, BN, spot_b, 0, nb[0]);
  if (LB > 1) { share(B_WAY, BN, spot_b, 1, nb[1]); }
  if (LB > 2) {
    share(B_WAY, BN, spot_b, 2, nb[2]);
    share(B_WAY, BN, spot_b, 3, nb[3]);
  }
}

fn sum(i: u32, a: f32, b: vec4f) { s[i] = fma(vec4f(a), b, s[i]); }

// The products at one k. What follows is written out because a loop would be checked at every turn.
fn four(i: u32, a: vec4f, b: vec4f) {
  sum(i, a.x, b);
  sum(i + 2, a.y, b);
  sum(i + 4, a.z, b);
  sum(i + 6, a.w, b);
}
fn one(half: u32, k: u32, row: u32, col: u32) {
  let a = tile[row].k[half][k];
  let b = tile[col].k[half][k];
  four(0, a, b);
  if (TM > 4) { four(8, tile[row + DOWN].k[half][k], b); }
  if (TN > 4) {
    let c = tile[col + ACROSS].k[half][k];
    four(1, a, c);
    if (TM > 4) { four(9, tile[row + DOWN].k[half][k], c); }
  }
}

fn eight(row: u32, col: u32) {
  one(0, 0, row, col);
  one(0, 1, row, col);
  one(0, 2, row, col);
  one(0, 3, row, col);
  one(1, 0, row, col);
  one(1, 1, row, col);
  one(1, 2, row, col);
  one(1, 3, row, col);
}

// The sums of four rows of a, over eight k.
fn row_sums(row: u32) -> vec4f {
  let upper = tile[row].k[0];
  let lower = tile[row].k[1];
  return ((upper[0] + upper[1]) + (upper[2] + upper[3])) + ((lower[0] + lower[1]) + (lower[2] + lower[3]));
}

fn store(i: u32, m: u32, n: u32) {
  put(m, n, s[i]);
  if (TN > 4) { put(m, n + 4 * ACROSS, s[i + 1]); }
}

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  // Neighbouring workgroups share the same b.
  let number = id.x + id.y * groups.x;
  let columns = number / params.tiles_m;
  let slices = columns / params.tiles_n;
  let product = slices / params.slices;
  let slice = slices % params.slices;
  if (product >= params.products) { return; }
  t = local;
  m0 = number % params.tiles_m * BM;
  let steps = begin(columns % params.tiles_n, product, slice);
  let each = (steps + params.slices - 1) / params.slices;
  let last = min(steps, (slice + 1) * each);
  let row = local / ACROSS;
  let col = local % ACROSS;
  at_a = first_place(A_WAY, BM);
  at_b = first_place(B_WAY, BN);
  spot_a = spot(A_WAY, 0, BM, at_a);
  spot_b = spot(B_WAY, BM / 4 * (BK / 8), BN, at_b);
  let summing = SUMS && columns % params.tiles_n == 0 && local < BM / 4;
  var of_rows = vec4f(0);
  seek(slice * each);
  if (AHEAD) { load(); }
  for (var step = slice * each; step < last; step++) {
    if (!AHEAD) { load(); }
    workgroupBarrier();
    share_all();
    workgroupBarrier();
    if (step + 1 < last) { advance(); } // what is loaded after the last step is loaded again
    if (AHEAD) { load(); }
    if (summing) {
      of_rows += row_sums(local);
      if (BK > 8) { of_rows += row_sums(local + BM / 4); }
    }
    let b = BM / 4 * (BK / 8) + col;
    eight(row, b);
    if (BK > 8) { eight(row + BM / 4, b + BN / 4); }
  }
  if (summing) { put_sums(m0 + 4 * local, slice, of_rows); }
  let m = m0 + 4 * row;
  let n = n0 + 4 * col;
  store(0, m, n);
  store(2, m + 1, n);
  store(4, m + 2, n);
  store(6, m + 3, n);
  if (TM > 4) {
    let upper = m + 4 * DOWN;
    store(8, upper, n);
    store(10, upper + 1, n);
    store(12, upper + 2, n);
    store(14, upper + 3, n);
  }
}
