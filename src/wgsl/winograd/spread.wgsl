// t[6 i + j, c, tile] = (B^T x B)[i,j] of the tile's 6x6 pixels, or (A dy A^T)[i,j] of its 4x4 gradients
// One thread computes four tiles, which lie in the same rows; x is staged.
override D: u32 = 1; // pixels from tap to tap: 1, 2, or whole quads
override OX: u32 = 0; // first column
override GRADIENT: bool = false;
override STEP: u32 = max(1, D / 4); // quads from the start of a thread's tiles to that of the next one's
override SHIFT: u32 = OX % 4;
struct Params {
  threads: u32, images: u32, image: u32, c: u32, plane: u32, line: u32, rows: u32, quads: u32,
  row: u32, down: u32, along: u32, // tiles of an image, in quads along a row
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> t: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_x(i: u32) -> vec4f { return x[i]; }

// Quad q of a row of which the first `end` are pixels: what lies beyond may be anything, even NaN.
fn quad(row: u32, q: u32, end: u32) -> vec4f {
  return select(vec4f(0), ld_x(row + q), q < end);
}

fn shift(a: vec4f, b: vec4f) -> vec4f {
  if (SHIFT == 1) { return vec4f(a.yzw, b.x); }
  if (SHIFT == 2) { return vec4f(a.zw, b.xy); }
  return vec4f(a.w, b.xyz);
}

fn pixels(row: u32, q: u32, end: u32) -> vec4f {
  if (SHIFT == 0) { return quad(row, q, end); }
  return shift(quad(row, q, end), quad(row, q + 1u, end));
}

fn transformed(x: array<vec4f, 6>) -> array<vec4f, 6> {
  if (GRADIENT) { return of_gradients(x); }
  return of_pixels(x);
}

// The six columns of four tiles in one row, transformed along it.
fn along(plane: u32, line: u32, first: u32) -> array<vec4f, 6> {
  let end = select(0u, params.quads, line < params.rows);
  let i = plane + line * params.line;
  if (D > 2) {
    var e = vec4f(0);
    var f = vec4f(0);
    if (!GRADIENT) {
      e = pixels(i, first + 4 * STEP, end);
      f = pixels(i, first + 5 * STEP, end);
    }
    return transformed(array<vec4f, 6>(
      pixels(i, first, end), pixels(i, first + STEP, end), pixels(i, first + 2 * STEP, end),
      pixels(i, first + 3 * STEP, end), e, f,
    ));
  }
  // Neighbouring quads, which a row shares: loaded once.
  let q0 = quad(i, first, end);
  let q1 = quad(i, first + 1u, end);
  let q2 = quad(i, first + 2u, end);
  let q3 = quad(i, first + 3u, end);
  var q4 = vec4f(0);
  if (!GRADIENT || SHIFT > 0) { q4 = quad(i, first + 4u, end); }
  var a = q0;
  var b = q1;
  var c = q2;
  var d = q3;
  var e = q4;
  if (SHIFT > 0) {
    a = shift(q0, q1);
    b = shift(q1, q2);
    c = shift(q2, q3);
    d = shift(q3, q4);
    if (!GRADIENT) { e = shift(q4, quad(i, first + 5u, end)); }
  }
  if (D == 2) {
    return transformed(array<vec4f, 6>(
      vec4f(a.xy, c.xy), vec4f(a.zw, c.zw), vec4f(b.xy, d.xy),
      vec4f(b.zw, d.zw), vec4f(c.xy, e.xy), vec4f(c.zw, e.zw),
    ));
  }
  return transformed(array<vec4f, 6>(
    vec4f(a.x, b.x, c.x, d.x), vec4f(a.y, b.y, c.y, d.y), vec4f(a.z, b.z, c.z, d.z),
    vec4f(a.w, b.w, c.w, d.w), vec4f(b.x, c.x, d.x, e.x), vec4f(b.y, c.y, d.y, e.y),
  ));
}

fn store(i: u32, column: array<vec4f, 6>) {
  let v = transformed(column);
  t[i] = v[0];
  t[i + 6u * params.threads] = v[1];
  t[i + 12u * params.threads] = v[2];
  t[i + 18u * params.threads] = v[3];
  t[i + 24u * params.threads] = v[4];
  t[i + 30u * params.threads] = v[5];
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 8u;
  if (i >= params.threads) { return; }
  let rows = divide(i, params.along);
  let images = divide(rows.x, params.down);
  let channels = divide(images.x, params.images);
  let tile = divide(images.y, D);
  let own = divide(rows.y, STEP);
  let line = params.row + 4u * D * tile.x + tile.y;
  let first = OX / 4 + 4u * STEP * own.x + own.y;
  let plane = ((params.image + channels.y) * params.c + channels.x) * params.plane;
  let r0 = along(plane, line, first);
  let r1 = along(plane, line + D, first);
  let r2 = along(plane, line + 2u * D, first);
  let r3 = along(plane, line + 3u * D, first);
  var r4 = r3;
  var r5 = r3;
  if (!GRADIENT) {
    r4 = along(plane, line + 4u * D, first);
    r5 = along(plane, line + 5u * D, first);
  }
  let next = params.threads;
  store(i, array<vec4f, 6>(r0[0], r1[0], r2[0], r3[0], r4[0], r5[0]));
  store(i + next, array<vec4f, 6>(r0[1], r1[1], r2[1], r3[1], r4[1], r5[1]));
  store(i + 2u * next, array<vec4f, 6>(r0[2], r1[2], r2[2], r3[2], r4[2], r5[2]));
  store(i + 3u * next, array<vec4f, 6>(r0[3], r1[3], r2[3], r3[3], r4[3], r5[3]));
  store(i + 4u * next, array<vec4f, 6>(r0[4], r1[4], r2[4], r3[4], r4[4], r5[4]));
  store(i + 5u * next, array<vec4f, 6>(r0[5], r1[5], r2[5], r3[5], r4[5], r5[5]));
}
