// y[r, i] = x[r, w - 1 - i], every row seen in a mirror
// One thread writes four neighbours of the flat output, over the ends of rows.
struct Params { size: u32, w: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn pixel(i: u32) -> f32 {
  let column = i % params.w;
  return x[min(i + params.w - 1u - 2u * column, params.size - 1u)];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  y[i] = vec4f(pixel(4u * i), pixel(4u * i + 1u), pixel(4u * i + 2u), pixel(4u * i + 3u));
}
