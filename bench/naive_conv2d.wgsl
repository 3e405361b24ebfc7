// y[n,o,Y,X] = sum_{c,ky,kx} w[o,c,ky,kx] x[n, c, Y + ky - pad, X + kx - pad]
// One thread computes one output in plain loops: what a kernel costs that nobody made fast.
struct Params { c: u32, o: u32, h: u32, w: u32, k: u32, pad: u32, size: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let X = i % params.w;
  let Y = i / params.w % params.h;
  let o = i / (params.w * params.h) % params.o;
  let n = i / (params.w * params.h * params.o);
  var sum = 0.0;
  for (var c = 0u; c < params.c; c++) {
    for (var ky = 0u; ky < params.k; ky++) {
      for (var kx = 0u; kx < params.k; kx++) {
        let row = Y + ky - params.pad;
        let col = X + kx - params.pad;
        if (row < params.h && col < params.w) {
          sum += w[((o * params.c + c) * params.k + ky) * params.k + kx] *
            x[((n * params.c + c) * params.h + row) * params.w + col];
        }
      }
    }
  }
  y[i] = sum;
}
