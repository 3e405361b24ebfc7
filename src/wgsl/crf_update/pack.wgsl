// scores[p, c] = -unary[c, p], one image of `area` pixels after another; -1e30 beyond the last label
// One thread packs one pixel, so that its texels are written side by side.
override GROUPS: u32;
struct Params { pixels: u32, area: u32, labels: u32, offset: u32 }
@group(0) @binding(0) var<storage, read> unary: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> scores: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  let begin = params.offset + p / params.area * params.labels * params.area + p % params.area;
  for (var g = 0u; g < GROUPS; g++) {
    var score = vec4f(-1e30);
    for (var k = 0u; k < 4u; k++) {
      let c = 4u * g + k;
      if (c < params.labels) { score[k] = -unary[begin + c * params.area]; }
    }
    scores[p * GROUPS + g] = score;
  }
}
