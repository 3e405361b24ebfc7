// dx[i] = sum_Y max(0, 1 - |at(Y) - i|) dy[Y], at(Y) = clamp((Y + 1/2) h / H - 1/2, 0, h - 1)
// One thread gathers V neighbours of a row.
struct Params { planes: u32, h: u32, high: u32, w: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> dy: array<V>;
@group(0) @binding(1) var<storage, read_write> dx: array<V>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= params.w || id.y >= params.h) { return; }
  let i = f32(id.y);
  var first = u32(max((i - 0.5) / params.ratio - 0.5, 0));
  var last = min(u32((i + 1.5) / params.ratio - 0.5), params.high - 1);
  if (id.y == 0u) { first = 0u; }
  if (id.y == params.h - 1) { last = params.high - 1; }
  for (var plane = id.z; plane < params.planes; plane += groups.z) {
    var sum = V(0);
    for (var Y = first; Y <= last; Y++) {
      let at = clamp((f32(Y) + 0.5) * params.ratio - 0.5, 0, f32(params.h - 1));
      sum += max(1 - abs(at - i), 0) * dy[(plane * params.high + Y) * params.w + id.x];
    }
    dx[(plane * params.h + id.y) * params.w + id.x] = sum;
  }
}
