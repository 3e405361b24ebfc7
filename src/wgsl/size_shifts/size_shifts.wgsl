// mu[c] <- clamp(0, mu[c] + log(lower[c] / S[c]), mu[c] + log(upper[c] / S[c])), steps times, where
// S[c] = mean_u P[c,u], P[c,u] = p[c,u] e^mu[c] / sum_k p[k,u] e^mu[k]. One workgroup solves an image,
// each thread sums some pixels; classes whose upper bound is 0 are left out, and mu is -1e30.
const THREADS = 256u;
/** Classes whose shares are summed at a time. */
const CHUNK = 8u;
/** Keeps e^mu finite. */
const MOST = 60.0;
struct Params { images: u32, c: u32, hw: u32, steps: u32 }
@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read> lower: array<f32>;
@group(0) @binding(2) var<storage, read> upper: array<f32>;
@group(0) @binding(3) var<storage, read_write> mu: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> count: u32;
var<workgroup> list: array<u32, 256>; // classes that are not left out
var<workgroup> gains: array<f32, 256>; // e^mu of those
var<workgroup> shares: array<f32, 256>; // S of those
var<workgroup> sums: array<f32, 2048>; // by class of the chunk, then thread
var<workgroup> parts: array<f32, 64>; // by class of the chunk, then eighth

fn moved(at: f32, share: f32, low: f32, high: f32) -> f32 {
  let least = at + log(max(low, 1e-30) / max(share, 1e-30));
  let most = at + log(high / max(share, 1e-30));
  return clamp(max(min(0.0, most), least), -MOST, MOST);
}

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) t: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let n = group.x + group.y * groups.x;
  if (n >= params.images) { return; }
  let row = n * params.c;
  let base = row * params.hw;
  if (t == 0) {
    var found = 0u;
    for (var c = 0u; c < params.c; c++) {
      if (upper[row + c] > 0) {
        list[found] = c;
        gains[found] = exp(mu[row + c]);
        found++;
      } else {
        mu[row + c] = -1e30;
      }
    }
    count = found;
  }
  let classes = workgroupUniformLoad(&count);
  for (var step = 0u; step < params.steps; step++) {
    for (var chunk = 0u; chunk < classes; chunk += CHUNK) {
      var own = array<f32, 8>();
      for (var u = t; u < params.hw; u += THREADS) {
        var whole = 0.0;
        for (var k = 0u; k < classes; k++) {
          whole += p[base + list[k] * params.hw + u] * gains[k];
        }
        for (var j = 0u; j < min(CHUNK, classes - chunk); j++) {
          own[j] += p[base + list[chunk + j] * params.hw + u] * gains[chunk + j] / whole;
        }
      }
      for (var j = 0u; j < CHUNK; j++) { sums[j * THREADS + t] = own[j]; }
      workgroupBarrier();
      if (t < 64) {
        var part = 0.0;
        for (var k = 0u; k < 32; k++) { part += sums[t * 32 + k]; }
        parts[t] = part;
      }
      workgroupBarrier();
      if (t < min(CHUNK, classes - chunk)) {
        var sum = 0.0;
        for (var k = 0u; k < 8; k++) { sum += parts[8 * t + k]; }
        shares[chunk + t] = sum / f32(params.hw);
      }
      workgroupBarrier();
    }
    if (t < classes) {
      let i = row + list[t];
      mu[i] = moved(mu[i], shares[t], lower[i], upper[i]);
      gains[t] = exp(mu[i]);
    }
    workgroupBarrier();
  }
}
