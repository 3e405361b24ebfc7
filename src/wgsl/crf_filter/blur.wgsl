// blurred[x] = v[x] + (v[x one step forth on the axis] + v[x one step back]) / 2; blurred[0] = 0
// One thread, striding over (vertex, chunk of labels), blurs SPAN groups of one vertex.
// SHARES, on the last axis: the result is multiplied by inverse[x], and PACKED eight to a texel.
override GROUPS: u32;
override SPAN: u32;
override D: u32;
override SHARES: bool;
override PACKED: bool;
struct Params { axis: u32 }
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> inverse: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pairs = (D + 2u) / 2u;
  let chunks = GROUPS / SPAN;
  let end = stats[0] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let vertex = i / chunks;
    let four = ld_neighbours(vertex * pairs + params.axis / 2u);
    let near = vec2u(select(four.xy, four.zw, params.axis % 2u == 1u));
    let a = (near.x * chunks + i % chunks) * SPAN;
    let b = (near.y * chunks + i % chunks) * SPAN;
    var x = array<vec4f, 9>();
    for (var g = 0u; g < SPAN; g++) {
      x[g] = ld_v(i * SPAN + g) + 0.5 * (ld_v(a + g) + ld_v(b + g));
    }
    if (SHARES) {
      let scale = inverse[vertex];
      for (var g = 0u; g < SPAN; g++) { x[g] *= scale; }
    }
    if (PACKED) {
      let texels = (SPAN + 1u) / 2u;
      for (var t = 0u; t < texels; t++) {
        st_blurred(i * texels + t, packed(x[2u * t], x[2u * t + 1u]));
      }
    } else {
      for (var g = 0u; g < SPAN; g++) { st_blurred(i * SPAN + g, x[g]); }
    }
  }
}
