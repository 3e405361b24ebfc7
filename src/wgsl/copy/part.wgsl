// (x[b], z[b]) = y[b], blocks of `first` and of `second` elements side by side
// One thread copies V neighbours.
override FLAT: bool = false; // threads count through all blocks: many, or short ones
struct Params { count: u32, first: u32, second: u32 }
@group(0) @binding(0) var<storage, read> y: array<U>;
@group(0) @binding(1) var<storage, read_write> x: array<U>;
@group(0) @binding(2) var<storage, read_write> z: array<U>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let length = params.first + params.second;
  var b = id.y;
  var i = id.x;
  if (FLAT) {
    i += b * groups.x * 64u;
    b = i / length;
    i %= length;
  }
  if (b >= params.count || i >= length) { return; }
  let v = y[b * length + i];
  if (i < params.first) {
    x[b * params.first + i] = v;
  } else {
    z[b * params.second + i - params.first] = v;
  }
}
