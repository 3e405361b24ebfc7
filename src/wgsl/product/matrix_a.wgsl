// a[k,m] of a product whose a is a matrix in memory, its rows along k or along m
// A thread loads quads along the rows: whole ones where A_FOUR, else number by number.
override A_FOUR: bool = true;
override SPREAD: bool = false; // numbers of a row are a_step apart: weights of several taps
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> a4: array<vec4f>;
var<private> a_first: u32; // where the matrix begins
var<private> a_k: u32; // first k of the step
var<private> a_at: u32; // where SPREAD rows are read in this step
var<private> a_own: u32; // where a thread's load begins at k = 0, in quads where A_FOUR

fn begin_a() {
  a_own = a_first + at_a.y * params.a_row + m0 + at_a.x;
  if (A_WAY == QUADS_OF_K) { a_own = a_first + (m0 + at_a.x) * params.a_row + at_a.y; }
  if (A_FOUR) { a_own /= 4; }
  if (SPREAD) { a_own = (m0 + at_a.x) * params.a_row + at_a.y * params.a_step; }
}

fn load_a(j: u32) -> vec4f {
  let next = j * next_place(A_WAY, BM);
  let k = a_k + at_a.y + next.y;
  if (SPREAD) {
    let row = params.a_row;
    let at = a_own + a_at + next.x * row + next.y * params.a_step;
    return within(A_WAY, vec4f(a[at], a[at + row], a[at + 2 * row], a[at + 3 * row]), k, params.k);
  }
  var on = (a_k + next.y) * params.a_row;
  if (A_WAY == QUADS_OF_K) { on = next.x * params.a_row + a_k; }
  if (A_FOUR) { return within(A_WAY, a4[a_own + on / 4], k, params.k); }
  let at = a_own + on;
  return within(A_WAY, vec4f(a[at], a[at + 1], a[at + 2], a[at + 3]), k, params.k);
}
