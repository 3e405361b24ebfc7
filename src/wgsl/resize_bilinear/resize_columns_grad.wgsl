// y[i] = sum_Y max(0, 1 - |at(Y) - i|) x[Y], at(Y) = clamp((Y + 1/2) h / H - 1/2, 0, h - 1): x is dy,
// y is dx. One thread gathers V neighbours of a row.
struct Params { planes: u32, h: u32, high: u32, w: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_x(i: u32) -> V { return x[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let line = divide(t, params.w);
  let plane = divide(line.x, params.h);
  if (plane.x >= params.planes) { return; }
  let i = f32(plane.y);
  let first = u32(max((i - 0.5) / params.ratio - 0.5, 0));
  let last = min(u32((i + 1.5) / params.ratio - 0.5), params.high - 1);
  var sum = V(0);
  for (var Y = first; Y <= last; Y++) {
    let at = clamp((f32(Y) + 0.5) * params.ratio - 0.5, 0, f32(params.h - 1));
    sum += max(1 - abs(at - i), 0) * ld_x((plane.x * params.high + Y) * params.w + line.y);
  }
  y[t] = sum;
}
