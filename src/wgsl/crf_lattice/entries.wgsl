// entries[i] = (pixel, weight) of the i-th corner of the sorted list
// One thread writes two entries, one texel.
override D: u32;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> order: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> weights: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> entries: array<vec4f>;
fn ld_weights(i: u32) -> vec4f { return weights[i]; }

fn entry(i: u32) -> vec2f {
  if (i >= params.size) { return vec2f(); }
  let e = order[i];
  let p = e / (D + 1u);
  let r = e % (D + 1u);
  let w = ld_weights(p * ((D + 4u) / 4u) + r / 4u);
  return vec2f(f32(p), w[r % 4u]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = id.x + id.y * groups.x * 64u;
  if (2u * k >= params.size) { return; }
  entries[k] = vec4f(entry(2u * k), entry(2u * k + 1u));
}
