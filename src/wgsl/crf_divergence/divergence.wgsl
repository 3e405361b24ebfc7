// sums[b] = sum over the pixels p of block b and the labels c of q (log max(q, 1e-20) - x)
// One thread sums a block of 64 pixels; x are the scores with the messages added.
override GROUPS: u32;
struct Params { pixels: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_q(i: u32) -> vec4f { return q[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = id.x + id.y * groups.x * 16u;
  if (64u * b >= params.pixels) { return; }
  var sum = 0.0;
  for (var i = 64u * b * GROUPS; i < min(64u * b + 64u, params.pixels) * GROUPS; i++) {
    let q = ld_q(i);
    // Lanes beyond the last label hold -1e30, and their q is 0.
    sum += dot(q, log(max(q, vec4f(1e-20))) - ld_x(i));
  }
  sums[b] = sum;
}
