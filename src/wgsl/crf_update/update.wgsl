// q[p] = softmax(scores[p] + sum over the corners (vertex, weight) of p in two lattices of weight v[vertex])
// One thread updates one pixel, or with SOFTMAX false adds the sums to one chunk of its scores.
// PAIRS0 and PAIRS1: texels of two corners a pixel, 0 where there is no lattice; ODD0, ODD1: the last
// texel has one corner. HALVES: two labels each of two CRFs, each with a softmax of its own. PACKED_V,
// PACKED_Q: eight labels to a texel. The scores, which are read once a pixel, are a buffer in both
// families: four textures are all that WebGPU promises.
override GROUPS: u32;
override SPAN: u32;
override PAIRS0: u32;
override PAIRS1: u32;
override ODD0: bool;
override ODD1: bool;
override SOFTMAX: bool;
override HALVES: bool;
override PACKED_V: bool;
override PACKED_Q: bool;
struct Params { size: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<vec4f>;
@group(0) @binding(2) var<storage, read> slices0: array<vec4f>;
@group(0) @binding(3) var<storage, read> v0: array<vec4f>;
@group(0) @binding(4) var<storage, read> slices1: array<vec4f>;
@group(0) @binding(5) var<storage, read> v1: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> q: array<vec4f>;
fn ld_slices0(i: u32) -> vec4f { return slices0[i]; }
fn ld_slices1(i: u32) -> vec4f { return slices1[i]; }
fn ld_v0(i: u32) -> vec4f { return v0[i]; }
fn ld_v1(i: u32) -> vec4f { return v1[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let chunks = GROUPS / SPAN;
  let halves = (SPAN + 1u) / 2u;
  let texels = select(SPAN, halves, PACKED_V);
  let p = i / chunks;
  let chunk = i % chunks;
  var x = array<vec4f, 9>();
  var weights = 0.0;
  for (var t = 0u; t < PAIRS0; t++) {
    let pair = ld_slices0(p * PAIRS0 + t);
    let a = (u32(i32(pair.x)) * chunks + chunk) * texels;
    let b = (u32(i32(pair.z)) * chunks + chunk) * texels;
    weights += pair.y + pair.w;
    for (var g = 0u; g < texels; g++) {
      let y = ld_v0(a + g);
      if (PACKED_V) {
        x[2u * g] += pair.y * first_four(y);
        x[2u * g + 1u] += pair.y * last_four(y);
      } else {
        x[g] += pair.y * y;
      }
    }
    if (ODD0 && t + 1u == PAIRS0) { break; }
    for (var g = 0u; g < texels; g++) {
      let y = ld_v0(b + g);
      if (PACKED_V) {
        x[2u * g] += pair.w * first_four(y);
        x[2u * g + 1u] += pair.w * last_four(y);
      } else {
        x[g] += pair.w * y;
      }
    }
  }
  for (var t = 0u; t < PAIRS1; t++) {
    let pair = ld_slices1(p * PAIRS1 + t);
    let a = (u32(i32(pair.x)) * chunks + chunk) * texels;
    let b = (u32(i32(pair.z)) * chunks + chunk) * texels;
    weights += pair.y + pair.w;
    for (var g = 0u; g < texels; g++) {
      let y = ld_v1(a + g);
      if (PACKED_V) {
        x[2u * g] += pair.y * first_four(y);
        x[2u * g + 1u] += pair.y * last_four(y);
      } else {
        x[g] += pair.y * y;
      }
    }
    if (ODD1 && t + 1u == PAIRS1) { break; }
    for (var g = 0u; g < texels; g++) {
      let y = ld_v1(b + g);
      if (PACKED_V) {
        x[2u * g] += pair.w * first_four(y);
        x[2u * g + 1u] += pair.w * last_four(y);
      } else {
        x[g] += pair.w * y;
      }
    }
  }
  let zero = select(0.0, 128.0 * weights, PACKED_V);
  let unit = select(1.0, 1.0 / 32384.0, PACKED_V);
  for (var g = 0u; g < SPAN; g++) {
    x[g] = scores[p * GROUPS + chunk * SPAN + g] + (x[g] - zero) * unit;
  }
  if (HALVES) {
    let four = exp(x[0] - max(x[0], x[0].yxwz));
    x[0] = four * (1.0 / (four + four.yxwz));
  } else if (SOFTMAX) {
    var top = x[0];
    for (var g = 1u; g < SPAN; g++) { top = max(top, x[g]); }
    let most = max(max(top.x, top.y), max(top.z, top.w));
    var sum = vec4f();
    for (var g = 0u; g < SPAN; g++) {
      x[g] = exp(x[g] - most);
      sum += x[g];
    }
    let scale = 1.0 / (sum.x + sum.y + sum.z + sum.w);
    for (var g = 0u; g < SPAN; g++) { x[g] *= scale; }
  }
  if (PACKED_Q) {
    for (var t = 0u; t < halves; t++) { q[i * halves + t] = packed(x[2u * t], x[2u * t + 1u]); }
  } else {
    for (var g = 0u; g < SPAN; g++) { q[i * SPAN + g] = x[g]; }
  }
}
