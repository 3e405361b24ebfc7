// y[X] = (1 - f) x[i] + f x[i + 1], i + f = clamp((X + 1/2) w / W - 1/2, 0, w - 1), along every row
// One thread computes one element; rows of all images and channels are one list.
struct Params { rows: u32, w: u32, wide: u32, ratio: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= params.wide) { return; }
  let at = clamp((f32(id.x) + 0.5) * params.ratio - 0.5, 0, f32(params.w - 1));
  let left = u32(at);
  let right = min(left + 1, params.w - 1);
  let f = at - f32(left);
  for (var row = id.y; row < params.rows; row += groups.y) {
    let base = row * params.w;
    let a = x[base + left];
    y[row * params.wide + id.x] = a + f * (x[base + right] - a);
  }
}
