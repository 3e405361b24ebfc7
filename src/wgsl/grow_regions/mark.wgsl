// seeded[root of i] = 1 where the seed and the class of pixel i are the same
// One thread handles one pixel.
struct Params { size: u32 }
@group(0) @binding(1) var<storage, read> classes: array<u32>;
@group(0) @binding(2) var<storage, read> seeds: array<u32>;
@group(0) @binding(3) var<storage, read_write> seeded: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  if (classes[i] != 255 && classes[i] == seeds[i]) { atomicStore(&seeded[root(i)], 1); }
}
