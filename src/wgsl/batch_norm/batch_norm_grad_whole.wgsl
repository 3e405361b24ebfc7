// sum dy, sum dy (x - mean) / std over the batch in one pass; where RELU, dy counts where the output was positive
// T threads of a workgroup sum one channel, in a fixed order; where ALL, they compute dx = k.x dy + k.y x + k.z, too.
override RELU: bool;
override ALL: bool = false;
override WG: u32 = 256;
override T: u32 = 256; // a power of two
struct Params { n: u32, c: u32, hw: u32, count: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(7) var<storage, read> dy: array<V>;
@group(0) @binding(8) var<storage, read_write> dx: array<V>;
@group(0) @binding(6) var<uniform> params: Params;
alias Sums = vec2f;
var<workgroup> shared_sums: array<vec2f, 256>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) t: u32) {
  let channel = id.x * (WG / T) + t / T;
  let c = min(channel, params.c - 1);
  let ab = affine[c];
  let moment = moments[c];
  var sum = V(0);
  var product = V(0);
  for (var image = 0u; image < params.n; image++) {
    var imageSum = V(0); // short sums lose less
    var imageProduct = V(0);
    let base = (image * params.c + c) * params.hw;
    for (var q = t % T; q < params.hw; q += T) {
      let v = x[base + q];
      var d = dy[base + q];
      if (RELU) { d = select(V(0), d, ab.x * v + ab.y > V(0)); }
      imageSum += d;
      imageProduct += d * (v - moment.x);
    }
    sum += imageSum;
    product += imageProduct;
  }
  let sums = added(vec2f(total(sum), moment.y * total(product)), t);
  if (t % T == 0 && channel < params.c) { finish(c, sums); }
  if (!ALL) { return; }
  storageBarrier();
  let k = factors[c];
  for (var image = 0u; image < params.n; image++) {
    let base = (image * params.c + c) * params.hw;
    for (var q = t % T; q < params.hw; q += T) {
      let v = x[base + q];
      var d = dy[base + q];
      if (RELU) { d = select(V(0), d, ab.x * v + ab.y > V(0)); }
      dx[base + q] = k.x * d + k.y * v + k.z;
    }
  }
}
