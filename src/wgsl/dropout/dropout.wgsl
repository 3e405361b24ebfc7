// y = x / (1 - p) where hash(seed, channel of image) >= p, else 0
// One thread computes V neighbours of one channel; the hash is PCG's output permutation, twice.
struct Params { planes: u32, hw: u32, seed: u32, first: u32, p: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
@group(0) @binding(2) var<uniform> params: Params;

fn hash(v: u32) -> u32 {
  let state = v * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let plane = divide(i, params.hw).x;
  if (plane >= params.planes) { return; }
  let chance = f32(hash(hash(params.seed) ^ (params.first + plane)) >> 8u) / 16777216;
  let factor = select(0.0, 1 / (1 - params.p), chance >= params.p);
  if (factor > 0) { y[i] = factor * x[i]; } else { y[i] = V(0); }
}
