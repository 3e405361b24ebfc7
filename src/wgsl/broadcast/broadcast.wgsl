// y = a + b, a - b, a b or scale a, where a stride of 0 repeats a or b
// One thread computes V neighbours along the innermost dimension of at most four.
override OP: u32;
override A_ALONG: bool;
override B_ALONG: bool;
struct Params {
  d1: u32, d2: u32, d3: u32,
  a0: u32, a1: u32, a2: u32,
  b0: u32, b1: u32, b2: u32,
  scale: f32,
}
@group(0) @binding(0) var<storage, read> a: array<V>;
@group(0) @binding(1) var<storage, read> b: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.d3) { return; }
  let i0 = id.z / params.d1;
  let i1 = id.z - i0 * params.d1;
  let ea = i0 * params.a0 + i1 * params.a1 + id.y * params.a2;
  let eb = i0 * params.b0 + i1 * params.b1 + id.y * params.b2;
  var va: V;
  var vb: V;
  if (A_ALONG) { va = a[ea + id.x]; } else { va = lane(a[ea / LANES], ea % LANES); }
  if (OP != 3u) {
    if (B_ALONG) { vb = b[eb + id.x]; } else { vb = lane(b[eb / LANES], eb % LANES); }
  }
  let i = (id.z * params.d2 + id.y) * params.d3 + id.x;
  if (OP == 0u) { y[i] = va + vb; }
  if (OP == 1u) { y[i] = va - vb; }
  if (OP == 2u) { y[i] = va * vb; }
  if (OP == 3u) { y[i] = params.scale * va; }
}
