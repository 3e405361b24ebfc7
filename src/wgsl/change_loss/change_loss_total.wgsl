// image: y = mean over kept images of (same / count + changed / count) / 2, an empty half being 0;
// batch, plain: one such sum, or one mean, over all kept; factors: d y / d softplus; a single thread.
override BALANCE: u32;
override SHARED: bool;
override COLUMNS: u32;
struct Params { n: u32 }
@group(0) @binding(1) var<storage, read> exclude: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> factors: array<vec2f>;
@group(0) @binding(4) var<storage, read> shared_sums: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

fn kept(n: u32) -> bool {
  for (var k = 0u; k < COLUMNS; k++) {
    if ((exclude[n * COLUMNS + k] & 0x7fffffffu) != 0) { return false; }
  }
  return true;
}

fn share(amount: f32, count: f32) -> f32 {
  return select(0.0, amount / max(count, 1), count > 0);
}

@compute @workgroup_size(1)
fn main() {
  var images = 0.0;
  var all = vec4f(0);
  for (var n = 0u; n < params.n; n++) {
    if (kept(n)) {
      images += 1;
      all += image_sums(n);
    }
  }
  if (SHARED) { // the share of those over all processes
    all = vec4f(shared_sums[0], shared_sums[1], shared_sums[2], shared_sums[3]);
    images = shared_sums[4];
  }
  var loss = 0.0;
  for (var n = 0u; n < params.n; n++) {
    var factor = vec2f(0);
    if (kept(n)) {
      let sums = image_sums(n);
      if (BALANCE == 0u) { factor = vec2f(share(0.5, sums.y), share(0.5, sums.w)) / images; }
      if (BALANCE == 1u) { factor = vec2f(share(0.5, all.y), share(0.5, all.w)); }
      if (BALANCE == 2u) { factor = vec2f(1 / (all.y + all.w)); }
      loss += dot(factor, sums.xz);
    }
    factors[n] = factor;
  }
  y[0] = loss;
}
