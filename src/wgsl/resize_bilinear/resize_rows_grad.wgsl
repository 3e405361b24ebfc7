// dx[i] = sum_X max(0, 1 - |at(X) - i|) dy[X], at(X) = clamp((X + 1/2) w / W - 1/2, 0, w - 1)
// One thread gathers one element; rows of all images and channels are one list.
struct Params { rows: u32, w: u32, wide: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let place = divide(t, params.w);
  if (place.x >= params.rows) { return; }
  let i = f32(place.y);
  let first = u32(max((i - 0.5) / params.ratio - 0.5, 0));
  let last = min(u32((i + 1.5) / params.ratio - 0.5), params.wide - 1);
  var sum = 0.0;
  for (var X = first; X <= last; X++) {
    let at = clamp((f32(X) + 0.5) * params.ratio - 0.5, 0, f32(params.w - 1));
    sum += max(1 - abs(at - i), 0) * dy[place.x * params.wide + X];
  }
  dx[t] = sum;
}
