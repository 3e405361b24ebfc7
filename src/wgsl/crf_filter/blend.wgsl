// blended[x] = (1 - a - b) v[x] + a v[forth] + b v[back] with (forth, back, a, b) = links[x]
// One thread, striding over (vertex, chunk of labels), blends SPAN groups of one vertex.
// Shares blurred along one axis. PACKED: eight labels to a texel, whose codes blend as they are.
override GROUPS: u32;
override SPAN: u32;
override PACKED: bool;
struct Params { first: u32 }
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> links: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> blended: array<vec4f>;
fn ld_links(i: u32) -> vec4f { return links[i]; }
fn ld_v(i: u32) -> vec4f { return v[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = GROUPS / SPAN;
  let texels = select(SPAN, (SPAN + 1u) / 2u, PACKED);
  let end = stats[0] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let link = ld_links(params.first + i / chunks);
    let own = 1.0 - link.z - link.w;
    let a = (u32(i32(link.x)) * chunks + i % chunks) * texels;
    let b = (u32(i32(link.y)) * chunks + i % chunks) * texels;
    for (var t = 0u; t < texels; t++) {
      let x = ld_v(i * texels + t);
      let y = ld_v(a + t);
      let z = ld_v(b + t);
      if (PACKED) {
        blended[i * texels + t] = packed_codes(
          own * first_four(x) + link.z * first_four(y) + link.w * first_four(z),
          own * last_four(x) + link.z * last_four(y) + link.w * last_four(z),
        );
      } else {
        blended[i * texels + t] = own * x + link.z * y + link.w * z;
      }
    }
  }
}
