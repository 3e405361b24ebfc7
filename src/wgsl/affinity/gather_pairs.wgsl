// y[c,i] = sum_d weight[d,i] x[c,i+d], or where SIGNS sum_d weight[d,i] sign(x[c,i] - x[c,i+d])
// One thread computes CHUNK planes of four neighbouring pixels i, d = (-4..4, -4..4) within radius R.
override R: i32;
override SIGNS: bool;
override CHUNK: u32;
struct Params { c: u32, h: u32, quads: u32, chunks: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
fn ld_weight(i: u32) -> vec4f { return weight[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }

fn term(own: vec4f, other: vec4f) -> vec4f {
  if (SIGNS) { return sign(own - other); }
  return other;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let plane = params.h * params.quads;
  if (i >= plane) { return; }
  let n = id.y / params.chunks;
  let first = id.y % params.chunks * CHUNK;
  let last = params.c - 1u;
  let row = i32(i / params.quads);
  let q = i % params.quads;
  let before = max(q, 1u) - 1u;
  let after = min(q + 1u, params.quads - 1u);
  var own = array<vec4f, 8>();
  var sum = array<vec4f, 8>();
  if (SIGNS) {
    for (var k = 0u; k < CHUNK; k++) {
      own[k] = ld_x((n * params.c + min(first + k, last)) * plane + i);
    }
  }
  for (var dy = 1 - R; dy < R; dy++) {
    let w = (n * 81u + 9u * u32(dy + 4)) * plane + i;
    let w0 = ld_weight(w);
    let w1 = ld_weight(w + plane);
    let w2 = ld_weight(w + 2u * plane);
    let w3 = ld_weight(w + 3u * plane);
    let w4 = ld_weight(w + 4u * plane);
    let w5 = ld_weight(w + 5u * plane);
    let w6 = ld_weight(w + 6u * plane);
    let w7 = ld_weight(w + 7u * plane);
    let w8 = ld_weight(w + 8u * plane);
    // Outside the image a weight is 0, so that any row and column will do.
    let line = u32(clamp(row + dy, 0, i32(params.h) - 1)) * params.quads;
    for (var k = 0u; k < CHUNK; k++) {
      let base = (n * params.c + min(first + k, last)) * plane + line;
      let l = ld_x(base + before);
      let m = ld_x(base + q);
      let r = ld_x(base + after);
      let x = own[k];
      var s = w0 * term(x, l);
      s += w1 * term(x, vec4f(l.yzw, m.x));
      s += w2 * term(x, vec4f(l.zw, m.xy));
      s += w3 * term(x, vec4f(l.w, m.xyz));
      s += w4 * term(x, m);
      s += w5 * term(x, vec4f(m.yzw, r.x));
      s += w6 * term(x, vec4f(m.zw, r.xy));
      s += w7 * term(x, vec4f(m.w, r.xyz));
      sum[k] += s + w8 * term(x, r);
    }
  }
  for (var k = 0u; k < CHUNK; k++) {
    if (first + k <= last) { y[(n * params.c + first + k) * plane + i] = sum[k]; }
  }
}
