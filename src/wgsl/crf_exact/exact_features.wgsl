// f[p] = (x / sx, y / sy, channels / s), zeros up to a whole texel
// One thread writes one pixel's features.
override D: u32;
struct Params {
  width: u32, pixels: u32, offset: u32,
  d0: f32, d1: f32, d2: f32, d3: f32, d4: f32, d5: f32, d6: f32, d7: f32, d8: f32, d9: f32,
}
@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read_write> f: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  let deviation = array<f32, 10>(
    params.d0, params.d1, params.d2, params.d3, params.d4,
    params.d5, params.d6, params.d7, params.d8, params.d9,
  );
  let texels = (D + 3u) / 4u;
  for (var t = 0u; t < texels; t++) {
    var four = vec4f();
    for (var k = 0u; k < 4u; k++) {
      let j = 4u * t + k;
      if (j >= D) { continue; }
      var value = f32(p % params.width);
      if (j == 1u) { value = f32(p / params.width); }
      if (j > 1u) { value = image[params.offset + (j - 2u) * params.pixels + p]; }
      four[k] = value / deviation[j];
    }
    f[p * texels + t] = four;
  }
}
