// y[u] = exp(rate k) / sum_j exp(rate j), k how many pixels of u's plane come before u, the largest x
// first and the first of equals. One workgroup sorts one plane's pixels: a radix sort of 4 bits a
// time, each thread a slice; a rate that leaves weight to the first pixel alone sorts nothing.
const THREADS = 64u;
struct Params { planes: u32, hw: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> rates: array<f32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> counts: array<u32, 1024>; // by digit, then thread
var<workgroup> sums: array<u32, 64>;
var<workgroup> tops: array<f32, 64>;

/** The smaller, the earlier. */
fn key(v: f32) -> u32 {
  let bits = select(bitcast<u32>(v), 0u, v == 0); // -0 is 0
  return select(~(bits | 0x80000000u), bits, (bits >> 31u) != 0);
}

fn sort(plane: u32, t: u32) {
  let base = plane * params.hw;
  let slice = (params.hw + THREADS - 1) / THREADS;
  let first = min(t * slice, params.hw);
  let last = min(first + slice, params.hw);
  for (var round = 0u; round < 8u; round++) {
    let source = 2 * base + (round & 1u) * params.hw; // the halves take turns
    let goal = 2 * base + (1 - (round & 1u)) * params.hw;
    for (var d = 0u; d < 16u; d++) { counts[d * THREADS + t] = 0; }
    for (var i = first; i < last; i++) {
      var u = i;
      if (round > 0) { u = order[source + i]; }
      counts[((key(x[base + u]) >> (4 * round)) & 15u) * THREADS + t]++;
    }
    workgroupBarrier();
    var sum = 0u;
    for (var k = 16 * t; k < 16 * t + 16; k++) { sum += counts[k]; }
    sums[t] = sum;
    workgroupBarrier();
    var before = 0u;
    for (var k = 0u; k < t; k++) { before += sums[k]; }
    for (var k = 16 * t; k < 16 * t + 16; k++) {
      let count = counts[k];
      counts[k] = before;
      before += count;
    }
    workgroupBarrier();
    for (var i = first; i < last; i++) {
      var u = i;
      if (round > 0) { u = order[source + i]; }
      let d = ((key(x[base + u]) >> (4 * round)) & 15u) * THREADS + t;
      order[goal + counts[d]] = u;
      counts[d]++;
    }
    storageBarrier();
    workgroupBarrier();
  }
}

/** The first pixel of the largest value. */
fn peak(plane: u32, t: u32) -> u32 {
  let base = plane * params.hw;
  var top = x[base + min(t, params.hw - 1)];
  var at = min(t, params.hw - 1);
  for (var u = t + THREADS; u < params.hw; u += THREADS) {
    if (x[base + u] > top) {
      top = x[base + u];
      at = u;
    }
  }
  tops[t] = top;
  sums[t] = at;
  workgroupBarrier();
  for (var k = 0u; k < THREADS; k++) {
    if (tops[k] > top || (tops[k] == top && sums[k] < at)) {
      top = tops[k];
      at = sums[k];
    }
  }
  return at;
}

@compute @workgroup_size(64)
fn main(
  @builtin(local_invocation_index) t: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let plane = group.x + group.y * groups.x;
  if (plane >= params.planes) { return; }
  let base = plane * params.hw;
  let rate = rates[plane];
  if (rate < -100) {
    let at = peak(plane, t);
    for (var u = t; u < params.hw; u += THREADS) { y[base + u] = select(0.0, 1.0, u == at); }
    return;
  }
  sort(plane, t);
  var sum = 0.0;
  for (var k = t; k < params.hw; k += THREADS) { sum += exp(rate * f32(k)); }
  tops[t] = sum;
  workgroupBarrier();
  sum = 0;
  for (var k = 0u; k < THREADS; k++) { sum += tops[k]; }
  for (var k = t; k < params.hw; k += THREADS) {
    y[base + order[2 * base + k]] = exp(rate * f32(k)) / sum;
  }
}
