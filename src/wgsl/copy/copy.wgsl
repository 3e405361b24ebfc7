// y[b y_step + y_start + i] = x[b x_step + x_start + i]
// One thread copies V neighbours of one block.
struct Params { length: u32, x_step: u32, x_start: u32, y_step: u32, y_start: u32 }
@group(0) @binding(0) var<storage, read> x: array<U>;
@group(0) @binding(1) var<storage, read_write> y: array<U>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.length) { return; }
  y[id.y * params.y_step + params.y_start + id.x] =
    x[id.y * params.x_step + params.x_start + id.x];
}
