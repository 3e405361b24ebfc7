// y = the seed where there is one, else the pixel's class if its region has a seed, else 255
// One thread handles one pixel.
struct Params { size: u32 }
@group(0) @binding(1) var<storage, read> classes: array<u32>;
@group(0) @binding(2) var<storage, read> seeds: array<u32>;
@group(0) @binding(3) var<storage, read> seeded: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  var label = seeds[i];
  if (label == 255 && classes[i] != 255 && seeded[root(i)] != 0) { label = classes[i]; }
  y[i] = label;
}
