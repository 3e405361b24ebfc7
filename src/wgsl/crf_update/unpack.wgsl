// planes[c, p] = q[p, c], one image of `area` pixels after another
// One thread unpacks four labels of one pixel.
override GROUPS: u32;
struct Params { pixels: u32, area: u32, labels: u32, offset: u32 }
@group(0) @binding(0) var<storage, read_write> planes: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> q: array<vec4f>;
fn ld_q(i: u32) -> vec4f { return q[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  // Neighbouring threads write neighbouring pixels of one label.
  let p = i % params.pixels;
  let g = i / params.pixels;
  if (g >= GROUPS) { return; }
  let begin = params.offset + p / params.area * params.labels * params.area + p % params.area;
  let four = ld_q(p * GROUPS + g);
  for (var k = 0u; k < 4u; k++) {
    let c = 4u * g + k;
    if (c < params.labels) { planes[begin + c * params.area] = four[k]; }
  }
}
