// b[k] += the m-th smallest over u of max_{j != k} (x[j,u] + b[j]) - x[k,u] - b[k], if not negative
// One workgroup handles an image, for the classes k from `first` to `last` in turn: it finds the
// value by a radix selection of 8 bits a time; m = ceil(portion hw). Without portion, b is -1e30.
const THREADS = 256u;
override C: u32;
struct Params { images: u32, hw: u32, first: u32, last: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> portions: array<f32>;
@group(0) @binding(2) var<storage, read_write> gaps: array<f32>;
@group(0) @binding(3) var<storage, read_write> bias: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> count: u32;
var<workgroup> list: array<u32, 256>; // classes that have a portion
var<workgroup> held: array<f32, 256>; // their biases
var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> sums: array<u32, 16>; // of sixteen bins
var<workgroup> digit: u32;
var<workgroup> before: u32; // values in smaller bins

/** Ascending as the values are. */
fn key(v: f32) -> u32 {
  let bits = bitcast<u32>(v);
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) != 0);
}

fn value(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) != 0));
}

/** The gap of each pixel to the best other class; a thread reads its own pixels alone. */
fn measure(n: u32, own: u32, t: u32) {
  for (var u = t; u < params.hw; u += THREADS) {
    let base = n * C * params.hw + u;
    var best = -3.4e38;
    var mine = 0.0;
    for (var k = 0u; k < count; k++) {
      let v = x[base + list[k] * params.hw] + held[k];
      if (list[k] == own) { mine = v; } else { best = max(best, v); }
    }
    gaps[n * params.hw + u] = best - mine;
  }
}

/** The value of which `rank` are smaller. */
fn nth(n: u32, rank: u32, t: u32) -> f32 {
  var left = rank;
  var known = 0u;
  var mask = 0u;
  for (var shift = 32u; shift > 0;) {
    shift -= 8;
    atomicStore(&bins[t], 0);
    workgroupBarrier();
    for (var u = t; u < params.hw; u += THREADS) {
      let k = key(gaps[n * params.hw + u]);
      if ((k & mask) == known) { atomicAdd(&bins[(k >> shift) & 255u], 1); }
    }
    workgroupBarrier();
    if (t < 16) {
      var sum = 0u;
      for (var j = 16 * t; j < 16 * t + 16; j++) { sum += atomicLoad(&bins[j]); }
      sums[t] = sum;
    }
    workgroupBarrier();
    if (t == 0) {
      var at = 0u;
      var smaller = 0u;
      while (at < 15 && smaller + sums[at] <= left) {
        smaller += sums[at];
        at++;
      }
      at *= 16;
      let end = at + 15;
      while (at < end && smaller + atomicLoad(&bins[at]) <= left) {
        smaller += atomicLoad(&bins[at]);
        at++;
      }
      digit = at;
      before = smaller;
    }
    workgroupBarrier();
    left -= before;
    known |= digit << shift;
    mask |= 255u << shift;
    workgroupBarrier();
  }
  return value(known);
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
  if (t == 0) {
    var found = 0u;
    for (var c = 0u; c < C; c++) {
      if (portions[row + c] > 0) {
        list[found] = c;
        held[found] = bias[row + c];
        found++;
      } else {
        bias[row + c] = -1e30;
      }
    }
    count = found;
  }
  let classes = workgroupUniformLoad(&count);
  if (classes < 2) { return; } // nothing to compete with
  for (var k = 0u; k < classes; k++) {
    let own = workgroupUniformLoad(&list[k]);
    if (own < params.first || own >= params.last) { continue; }
    // A whole number of pixels may come out a little larger.
    let wanted = u32(ceil(portions[row + own] * f32(params.hw) - 1e-3));
    measure(n, own, t);
    let gap = nth(n, clamp(wanted, 1, params.hw) - 1, t);
    if (t == 0) {
      if (gap >= 0) { held[k] += gap + 1e-5 * (1 + gap); } // a little more, so that the last one wins
      bias[row + own] = held[k];
    }
    workgroupBarrier();
  }
}
