// sums[p] = scores[p] + after_p sum over u in a range of exp(-|f_p - f_u|^2 / 2) before_u q[u]
// One thread sums SPAN groups of four labels of one pixel; `n` holds (before, after) of each pixel.
// What is moved once a pixel, scores and sums, is in buffers in both families: WebGPU promises no more
// than four textures.
override D: u32;
override GROUPS: u32;
override SPAN: u32;
struct Params { pixels: u32, begin: u32, end: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> f: array<vec4f>;
@group(0) @binding(2) var<storage, read> n: array<vec4f>;
@group(0) @binding(3) var<storage, read> q: array<vec4f>;
@group(0) @binding(4) var<storage, read> scores: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sums: array<vec4f>;
fn ld_f(i: u32) -> vec4f { return f[i]; }
fn ld_n(i: u32) -> vec4f { return n[i]; }
fn ld_q(i: u32) -> vec4f { return q[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  // Neighbouring threads serve neighbouring pixels, so all read the same u.
  let p = i % params.pixels;
  let base = (i / params.pixels) * SPAN;
  if (base >= GROUPS) { return; }
  let texels = (D + 3u) / 4u;
  var f: array<vec4f, 3>;
  for (var t = 0u; t < texels; t++) { f[t] = ld_f(p * texels + t); }
  var sum: array<vec4f, 8>;
  for (var u = params.begin; u < params.end; u++) {
    var square = 0.0;
    for (var t = 0u; t < texels; t++) {
      let away = f[t] - ld_f(u * texels + t);
      square += dot(away, away);
    }
    let weight = exp(-0.5 * square) * ld_n(u).x;
    for (var g = 0u; g < SPAN; g++) { sum[g] += weight * ld_q(u * GROUPS + base + g); }
  }
  let after = ld_n(p).y;
  for (var g = 0u; g < SPAN; g++) {
    let at = p * GROUPS + base + g;
    sums[at] = scores[at] + after * sum[g];
  }
}
