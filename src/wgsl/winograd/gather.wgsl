// dw[o,c,ky,kx] = (G^T t G)[ky,kx], t[i,j] the sum of its parts
// One thread computes the 3x3 taps of four weights that lie side by side in t.
override PARTS: u32 = 1;
struct Params { quads: u32 }
@group(0) @binding(0) var<storage, read> t: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_t(i: u32) -> vec4f { return t[i]; }

fn one(k: u32, i: u32) -> vec4f {
  var at = k * PARTS * params.quads + i;
  var sum = vec4f(0);
  for (var part = 0u; part < PARTS; part++) {
    sum += ld_t(at);
    at += params.quads;
  }
  return sum;
}

fn row_of(k: u32, i: u32) -> array<vec4f, 3> {
  return to_weights(array<vec4f, 6>(
    one(k, i), one(k + 1u, i), one(k + 2u, i), one(k + 3u, i), one(k + 4u, i), one(k + 5u, i),
  ));
}

fn put(i: u32, v: vec4f) {
  dw[i] = v.x;
  dw[i + 9u] = v.y;
  dw[i + 18u] = v.z;
  dw[i + 27u] = v.w;
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 8u;
  if (i >= params.quads) { return; }
  let r0 = row_of(0u, i);
  let r1 = row_of(6u, i);
  let r2 = row_of(12u, i);
  let r3 = row_of(18u, i);
  let r4 = row_of(24u, i);
  let r5 = row_of(30u, i);
  let c0 = to_weights(array<vec4f, 6>(r0[0], r1[0], r2[0], r3[0], r4[0], r5[0]));
  let c1 = to_weights(array<vec4f, 6>(r0[1], r1[1], r2[1], r3[1], r4[1], r5[1]));
  let c2 = to_weights(array<vec4f, 6>(r0[2], r1[2], r2[2], r3[2], r4[2], r5[2]));
  let at = 36u * i;
  put(at, c0[0]);
  put(at + 1u, c1[0]);
  put(at + 2u, c2[0]);
  put(at + 3u, c0[1]);
  put(at + 4u, c1[1]);
  put(at + 5u, c2[1]);
  put(at + 6u, c0[2]);
  put(at + 7u, c1[2]);
  put(at + 8u, c2[2]);
}
