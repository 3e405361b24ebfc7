// y[b y_step + y_start + i] = x[b x_step + x_start + i]
// One thread copies an E of one block.
override FLAT: bool = false; // threads count through all blocks: many, or short ones
struct Params { count: u32, length: u32, x_step: u32, x_start: u32, y_step: u32, y_start: u32 }
@group(0) @binding(0) var<storage, read> x: array<E>;
@group(0) @binding(1) var<storage, read_write> y: array<E>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  var b = id.y;
  var i = id.x;
  if (FLAT) {
    i += b * groups.x * 64u;
    b = i / params.length;
    i %= params.length;
  }
  if (b >= params.count || i >= params.length) { return; }
  y[b * params.y_step + params.y_start + i] = x[b * params.x_step + params.x_start + i];
}
