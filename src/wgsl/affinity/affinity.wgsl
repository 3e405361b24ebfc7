// a[o,i] = exp(-scale sum_c |f[c,i] - f[c,i+d_o]|), 0 where i + d_o lies outside the image
// One thread computes all offsets of one dy for four neighbouring pixels i; with KNOWN it may leave them 1
// where the labels of all these or of all their partners are 255.
override R: i32;
override KNOWN: bool;
struct Params {
  c: u32, h: u32, w: u32, quads: u32,
  left: u32, rows: u32, columns: u32, offsets: u32, scale: f32,
}
@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> f: array<vec4f>;
fn ld_f(i: u32) -> vec4f { return f[i]; }
@group(0) @binding(3) var<storage, read> labels: array<u32>;

// The largest |dx| within the radius.
fn reach(dy: i32) -> i32 {
  var dx = 0i;
  while ((dx + 1) * (dx + 1) + dy * dy < R * R) { dx++; }
  return dx;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let y = id.x / params.quads;
  let q = id.x % params.quads;
  if (y >= params.rows || 4u * q + 3u < params.left || 4u * q >= params.left + params.columns) {
    return;
  }
  let plane = params.h * params.quads;
  let dy = i32(id.y);
  let row = min(y + id.y, params.h - 1u) * params.quads;
  let before = row + max(q, 1u) - 1u;
  let after = row + min(q + 1u, params.quads - 1u);
  var s0 = vec4f(0);
  var s1 = vec4f(0);
  var s2 = vec4f(0);
  var s3 = vec4f(0);
  var s4 = vec4f(0);
  var s5 = vec4f(0);
  var s6 = vec4f(0);
  var s7 = vec4f(0);
  var s8 = vec4f(0);
  let end = (id.z + 1u) * params.c * plane;
  var base = end - params.c * plane;
  if (KNOWN) {
    let column = i32(4u * q);
    let partners = (id.z * params.h + min(y + id.y, params.h - 1u)) * params.w;
    let known = isKnown((id.z * params.h + y) * params.w, column, column + 4, params.w) &&
      isKnown(partners, column - 4, column + 8, params.w);
    base = select(end, base, known);
  }
  for (; base < end; base += plane) {
    let here = ld_f(base + id.x);
    let l = ld_f(base + before);
    let m = ld_f(base + row + q);
    let r = ld_f(base + after);
    s0 += abs(here - l);
    s1 += abs(here - vec4f(l.yzw, m.x));
    s2 += abs(here - vec4f(l.zw, m.xy));
    s3 += abs(here - vec4f(l.w, m.xyz));
    s4 += abs(here - m);
    s5 += abs(here - vec4f(m.yzw, r.x));
    s6 += abs(here - vec4f(m.zw, r.xy));
    s7 += abs(here - vec4f(m.w, r.xyz));
    s8 += abs(here - r);
  }
  var s = array<vec4f, 9>(s0, s1, s2, s3, s4, s5, s6, s7, s8);
  var o = id.z * params.offsets;
  var dx = 1i;
  if (dy > 0) {
    o += u32(reach(0));
    for (var above = 1i; above < dy; above++) { o += u32(2 * reach(above) + 1); }
    dx = -reach(dy);
  }
  for (; dx <= reach(dy); dx++) {
    let v = exp(-params.scale * s[dx + 4]);
    for (var lane = 0u; lane < 4u; lane++) {
      let column = 4u * q + lane - params.left; // wraps round left of the first
      if (column < params.columns) {
        let to = i32(4u * q + lane) + dx;
        let inside = to >= 0 && to < i32(params.w) && y + id.y < params.h;
        a[(o * params.rows + y) * params.columns + column] = select(0.0, v[lane], inside);
      }
    }
    o++;
  }
}
