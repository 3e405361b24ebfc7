// mean and variance of the batch in one pass; where ALL, y = a[c] x + b[c] too, then max(y, 0) where RELU
// T threads of a workgroup sum one channel, in a fixed order; the shift by its first value keeps the variance exact.
override WG: u32 = 256;
override T: u32 = 256; // a power of two
override ALL: bool = false;
override RELU: bool = false;
struct Params { n: u32, c: u32, hw: u32, count: f32, eps: f32, momentum: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(7) var<storage, read_write> y: array<V>;
@group(0) @binding(8) var<uniform> params: Params;
alias Sums = vec2f;
var<workgroup> shared_sums: array<vec2f, 256>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) t: u32) {
  let channel = id.x * (WG / T) + t / T;
  let c = min(channel, params.c - 1);
  let shift = lane(x[c * params.hw], 0u);
  var sum = V(0);
  var squares = V(0);
  for (var image = 0u; image < params.n; image++) {
    var imageSum = V(0); // short sums lose less
    var imageSquares = V(0);
    let base = (image * params.c + c) * params.hw;
    for (var q = t % T; q < params.hw; q += T) {
      let d = x[base + q] - shift;
      imageSum += d;
      imageSquares += d * d;
    }
    sum += imageSum;
    squares += imageSquares;
  }
  let sums = added(vec2f(total(sum), total(squares)), t);
  if (t % T == 0 && channel < params.c) { finish(c, sums, total(shift) / total(V(1))); }
  if (!ALL) { return; }
  storageBarrier();
  let ab = affine[c];
  for (var image = 0u; image < params.n; image++) {
    let base = (image * params.c + c) * params.hw;
    for (var q = t % T; q < params.hw; q += T) {
      let v = ab.x * x[base + q] + ab.y;
      y[base + q] = select(v, max(v, V(0)), RELU);
    }
  }
}
