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

fn texel(parts: vec3f, own: u32, a: u32, b: u32) -> vec4f {
  let x = ld_v(own);
  let y = ld_v(a);
  let z = ld_v(b);
  if (PACKED) {
    return packed_codes(
      parts.x * first_four(x) + parts.y * first_four(y) + parts.z * first_four(z),
      parts.x * last_four(x) + parts.y * last_four(y) + parts.z * last_four(z),
    );
  }
  return parts.x * x + parts.y * y + parts.z * z;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = GROUPS / SPAN;
  let texels = select(SPAN, (SPAN + 1u) / 2u, PACKED);
  let end = stats[0] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let link = ld_links(params.first + i / chunks);
    let parts = vec3f(1.0 - link.z - link.w, link.zw);
    let a = (u32(i32(link.x)) * chunks + i % chunks) * texels;
    let b = (u32(i32(link.y)) * chunks + i % chunks) * texels;
    let o = i * texels;
    // Written out: an inner loop keeps its bounds checks (naga).
    blended[o] = texel(parts, o, a, b);
    if (texels > 1u) { blended[o + 1u] = texel(parts, o + 1u, a + 1u, b + 1u); }
    if (texels > 2u) { blended[o + 2u] = texel(parts, o + 2u, a + 2u, b + 2u); }
    if (texels > 3u) { blended[o + 3u] = texel(parts, o + 3u, a + 3u, b + 3u); }
    if (texels > 4u) { blended[o + 4u] = texel(parts, o + 4u, a + 4u, b + 4u); }
    if (texels > 5u) { blended[o + 5u] = texel(parts, o + 5u, a + 5u, b + 5u); }
    if (texels > 6u) { blended[o + 6u] = texel(parts, o + 6u, a + 6u, b + 6u); }
    if (texels > 7u) { blended[o + 7u] = texel(parts, o + 7u, a + 7u, b + 7u); }
  }
}
