// the sums of an image: over its slices, in order
// Declares `image_sums`, which one thread calls; nothing runs by itself.
override SLICES: u32;
@group(0) @binding(0) var<storage, read> partial: array<vec4f>;

fn image_sums(n: u32) -> vec4f {
  var sums = vec4f(0);
  for (var s = 0u; s < SLICES; s++) { sums += partial[n * SLICES + s]; }
  return sums;
}
