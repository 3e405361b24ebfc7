// y[Y] = (1 - f) x[i] + f x[i + 1], i + f = clamp((Y + 1/2) h / H - 1/2, 0, h - 1), down every column
// One thread computes V neighbours of a row.
struct Params { planes: u32, h: u32, high: u32, w: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= params.w || id.y >= params.high) { return; }
  let at = clamp((f32(id.y) + 0.5) * params.ratio - 0.5, 0, f32(params.h - 1));
  let top = u32(at);
  let bottom = min(top + 1, params.h - 1);
  let f = at - f32(top);
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    let base = plane * params.h;
    let a = x[(base + top) * params.w + id.x];
    let b = x[(base + bottom) * params.w + id.x];
    y[(plane * params.high + id.y) * params.w + id.x] = a + f * (b - a);
  }
}
