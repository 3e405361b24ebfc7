// owner[e] = vertex of corner e; slices[p] = (vertex, weight) of the corners of pixel p
// One thread serves one pixel. A texel holds two pairs.
override D: u32;
struct Params { pixels: u32 }
@group(0) @binding(0) var<storage, read> slots: array<u32>;
@group(0) @binding(1) var<storage, read> vertices: array<u32>;
@group(0) @binding(2) var<storage, read_write> owner: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read> weights: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> slices: array<vec4f>;
fn ld_weights(i: u32) -> vec4f { return weights[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  let rows = (D + 4u) / 4u;
  let pairs = (D + 2u) / 2u;
  for (var t = 0u; t < pairs; t++) {
    let e = p * (D + 1u) + 2u * t;
    let w = ld_weights(p * rows + t / 2u);
    var pair = vec4f();
    let a = vertices[slots[e]];
    owner[e] = a;
    pair.x = f32(a);
    pair.y = select(w.x, w.z, t % 2u == 1u);
    if (2u * t + 1u <= D) {
      let b = vertices[slots[e + 1u]];
      owner[e + 1u] = b;
      pair.z = f32(b);
      pair.w = select(w.y, w.w, t % 2u == 1u);
    }
    slices[p * pairs + t] = pair;
  }
}
