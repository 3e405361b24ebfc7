// kept = the sums over kept images of same, its count, changed, its count; and the number of those
// images; a single thread.
override COLUMNS: u32;
struct Params { n: u32 }
@group(0) @binding(1) var<storage, read> exclude: array<u32>;
@group(0) @binding(2) var<storage, read_write> kept: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(1)
fn main() {
  var images = 0.0;
  var all = vec4f(0);
  for (var n = 0u; n < params.n; n++) {
    var excluded = 0u;
    for (var k = 0u; k < COLUMNS; k++) {
      excluded |= exclude[n * COLUMNS + k] & 0x7fffffffu;
    }
    if (excluded == 0) {
      images += 1;
      all += image_sums(n);
    }
  }
  for (var i = 0u; i < 4; i++) { kept[i] = all[i]; }
  kept[4] = images;
}
