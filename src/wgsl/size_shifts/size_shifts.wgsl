// mu[c] <- clamp(0, mu[c] + logit lower[c] - logit S[c], mu[c] + logit upper[c] - logit S[c]), class by
// class, where S[c] = mean_u P[c,u] and P[c,u] = p[c,u] e^mu[c] / sum_k p[k,u] e^mu[k]. One workgroup
// handles an image, each thread some pixels. A class whose upper bound is 0 has no part: mu = -1e30.
const THREADS = 256u;
/** Keeps e^mu finite. */
const MOST = 60.0;
override C: u32;
struct Params { images: u32, hw: u32, first: u32, last: u32 }
@group(0) @binding(0) var<storage, read> p: array<f32>;
@group(0) @binding(1) var<storage, read> lower: array<f32>;
@group(0) @binding(2) var<storage, read> upper: array<f32>;
@group(0) @binding(3) var<storage, read_write> mu: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> count: u32;
var<workgroup> list: array<u32, 256>; // classes that have a part
var<workgroup> gains: array<f32, 256>; // e^mu of those
var<workgroup> sums: array<f32, 256>; // by thread
var<workgroup> parts: array<f32, 16>; // of sixteen threads

fn logit(share: f32) -> f32 {
  let s = clamp(share, 1e-30, 0.9999999);
  return log(s / (1 - s));
}

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) t: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let n = group.x + group.y * groups.x;
  if (n >= params.images) { return; }
  let row = n * C;
  let base = row * params.hw;
  if (t == 0) {
    var found = 0u;
    for (var c = 0u; c < C; c++) {
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
  for (var own = 0u; own < classes; own++) {
    let c = workgroupUniformLoad(&list[own]);
    if (c < params.first || c >= params.last) { continue; }
    var sum = 0.0;
    for (var u = t; u < params.hw; u += THREADS) {
      var whole = 0.0;
      for (var k = 0u; k < classes; k++) {
        whole += p[base + list[k] * params.hw + u] * gains[k];
      }
      sum += p[base + c * params.hw + u] * gains[own] / whole;
    }
    sums[t] = sum;
    workgroupBarrier();
    if (t < 16) {
      sum = 0;
      for (var k = 16 * t; k < 16 * t + 16; k++) { sum += sums[k]; }
      parts[t] = sum;
    }
    workgroupBarrier();
    if (t == 0) {
      sum = 0;
      for (var k = 0u; k < 16; k++) { sum += parts[k]; }
      let i = row + c;
      let here = mu[i] - logit(sum / f32(params.hw));
      let moved = max(min(0.0, here + logit(upper[i])), here + logit(lower[i]));
      mu[i] = clamp(moved, -MOST, MOST);
      gains[own] = exp(mu[i]);
    }
    workgroupBarrier();
  }
}
