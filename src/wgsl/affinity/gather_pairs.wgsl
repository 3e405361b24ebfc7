// y[c,i] = sum_d weight[d,i] x[c,i+d], or where SIGNS sum_d weight[d,i] sign(x[c,i] - x[c,i+d])
// One thread computes CHUNK planes of four neighbouring pixels i, d = (-4..4, -4..4) within radius R; with
// KNOWN the weights of pixels with a label 255 are 0.
override R: i32;
override KNOWN: bool;
override SIGNS: bool;
override CHUNK: u32;
struct Params { c: u32, h: u32, w: u32, quads: u32, chunks: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
fn ld_weight(i: u32) -> vec4f { return weight[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }
@group(0) @binding(4) var<storage, read> labels: array<u32>;

// The weights of one row, for dx = -4..4.
struct Row {
  l4: vec4f, l3: vec4f, l2: vec4f, l1: vec4f, m: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f,
}

fn term(own: vec4f, other: vec4f) -> vec4f {
  if (SIGNS) { return sign(own - other); }
  return other;
}

// What a row gives to one plane, from the quad at it and those beside.
fn taken(w: Row, own: vec4f, before: u32, at: u32, after: u32) -> vec4f {
  let l = ld_x(before);
  let m = ld_x(at);
  let r = ld_x(after);
  var s = w.l4 * term(own, l);
  s = fma(w.l3, term(own, vec4f(l.yzw, m.x)), s);
  s = fma(w.l2, term(own, vec4f(l.zw, m.xy)), s);
  s = fma(w.l1, term(own, vec4f(l.w, m.xyz)), s);
  s = fma(w.m, term(own, m), s);
  s = fma(w.r1, term(own, vec4f(m.yzw, r.x)), s);
  s = fma(w.r2, term(own, vec4f(m.zw, r.xy)), s);
  s = fma(w.r3, term(own, vec4f(m.w, r.xyz)), s);
  return fma(w.r4, term(own, r), s);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let plane = params.h * params.quads;
  if (i >= plane) { return; }
  let n = id.y / params.chunks;
  let first = id.y % params.chunks * CHUNK;
  let row = i32(i / params.quads);
  let q = i % params.quads;
  let before = max(q, 1u) - 1u;
  let after = min(q + 1u, params.quads - 1u);
  let p = (n * params.c + min(vec4u(first) + vec4u(0, 1, 2, 3), vec4u(params.c - 1u))) * plane;
  // Indices are constants: software drivers would load and store at others lane by lane.
  var own = array<vec4f, 4>();
  var sum = array<vec4f, 4>();
  if (SIGNS) { own = array<vec4f, 4>(ld_x(p.x + i), ld_x(p.y + i), ld_x(p.z + i), ld_x(p.w + i)); }
  var end = R;
  if (KNOWN) {
    let column = i32(4u * q);
    let known = isKnown((n * params.h + u32(row)) * params.w, column, column + 4, params.w);
    end = select(1 - R, R, known);
  }
  for (var dy = 1 - R; dy < end; dy++) {
    let w = (n * 81u + 9u * u32(dy + 4)) * plane + i;
    let weights = Row(
      ld_weight(w), ld_weight(w + plane), ld_weight(w + 2u * plane), ld_weight(w + 3u * plane),
      ld_weight(w + 4u * plane), ld_weight(w + 5u * plane), ld_weight(w + 6u * plane),
      ld_weight(w + 7u * plane), ld_weight(w + 8u * plane),
    );
    // Outside the image a weight is 0, so that any row and column will do.
    let line = p + u32(clamp(row + dy, 0, i32(params.h) - 1)) * params.quads;
    let l = line + before;
    let m = line + q;
    let r = line + after;
    sum[0] += taken(weights, own[0], l.x, m.x, r.x);
    if (CHUNK > 1u) { sum[1] += taken(weights, own[1], l.y, m.y, r.y); }
    if (CHUNK > 2u) { sum[2] += taken(weights, own[2], l.z, m.z, r.z); }
    if (CHUNK > 3u) { sum[3] += taken(weights, own[3], l.w, m.w, r.w); }
  }
  y[p.x + i] = sum[0];
  if (CHUNK > 1u && first + 1u < params.c) { y[p.y + i] = sum[1]; }
  if (CHUNK > 2u && first + 2u < params.c) { y[p.z + i] = sum[2]; }
  if (CHUNK > 3u && first + 3u < params.c) { y[p.w + i] = sum[3]; }
}
