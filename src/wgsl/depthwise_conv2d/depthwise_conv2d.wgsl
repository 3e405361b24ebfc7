// y[n,c,Y,X] = act(b[c] + sum_{ky,kx} w[c,ky,kx] x[n,c, s Y + d ky - top, s X + d kx - left])
// One thread computes one output.
struct Params {
  size: u32, c: u32, h: u32, w: u32, oh: u32, ow: u32, k: u32,
  stride: i32, dilation: i32, top: i32, left: i32, activation: u32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let column = i32(i % params.ow);
  let row = i32(i / params.ow % params.oh);
  let plane = i / (params.ow * params.oh);
  let channel = plane % params.c;
  var sum = b[channel];
  for (var ky = 0u; ky < params.k; ky++) {
    let yy = params.stride * row + params.dilation * i32(ky) - params.top;
    if (yy < 0 || yy >= i32(params.h)) { continue; }
    for (var kx = 0u; kx < params.k; kx++) {
      let xx = params.stride * column + params.dilation * i32(kx) - params.left;
      if (xx < 0 || xx >= i32(params.w)) { continue; }
      sum += w[(channel * params.k + ky) * params.k + kx] *
        x[(plane * params.h + u32(yy)) * params.w + u32(xx)];
    }
  }
  if (params.activation >= 1u) { sum = max(sum, 0); }
  if (params.activation == 2u) { sum = min(sum, 6); }
  y[i] = sum;
}
