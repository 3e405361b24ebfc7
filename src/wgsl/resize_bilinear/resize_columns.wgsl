// y[Y] = (1 - f) x[i] + f x[i + 1], i + f = clamp((Y + 1/2) h / H - 1/2, 0, h - 1), down every column
// One thread computes V neighbours of a row.
struct Params { planes: u32, h: u32, high: u32, w: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_x(i: u32) -> V { return x[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let line = divide(t, params.w);
  let plane = divide(line.x, params.high);
  if (plane.x >= params.planes) { return; }
  let at = clamp((f32(plane.y) + 0.5) * params.ratio - 0.5, 0, f32(params.h - 1));
  let top = u32(at);
  let bottom = min(top + 1, params.h - 1);
  let base = plane.x * params.h;
  let a = ld_x((base + top) * params.w + line.y);
  let b = ld_x((base + bottom) * params.w + line.y);
  y[t] = a + (at - f32(top)) * (b - a);
}
