// dw[slice,c,ky,kx] = sum_{(n,Y,X) in slice} dy[n,c,Y,X] x[n, c, sy Y + ky D, S X + kx DX]
// One thread sums parts of rows for T neighbouring taps of a channel; dy and x are staged.
override WG: u32 = 8;
override T: u32 = 3; // taps along a row that a thread sums: 3, or 1
override S: u32 = 1;
override DX: u32 = 1;
struct Params {
  c: u32, kh: u32, kw: u32, units: u32, h: u32, chunks: u32, chunk: u32, quads: u32,
  slice: u32, slices: u32, dy_plane: u32, dy_line: u32, row0: u32, quad0: u32,
  x_plane: u32, x_line: u32, x_quads: u32, sy: u32, d: u32,
}
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }
fn ld_x(i: u32) -> vec4f { return x[i]; }

fn shift(a: vec4f, b: vec4f, s: u32) -> vec4f {
  if (s == 0) { return a; }
  if (s == 1) { return vec4f(a.yzw, b.x); }
  if (s == 2) { return vec4f(a.zw, b.xy); }
  return vec4f(a.w, b.xyz);
}

fn pixels(at: u32, kx: u32) -> vec4f {
  let col = kx * DX / S;
  let i = at + (kx * DX % S) * params.x_quads + col / 4u;
  return shift(ld_x(i), ld_x(i + 1u), col % 4u);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = id.x + id.y * groups.x * WG;
  let row_taps = params.kw / T;
  var rest = lane;
  let c = rest % params.c;
  rest /= params.c;
  let kx = rest % row_taps;
  rest /= row_taps;
  let ky = rest % params.kh;
  let slice = rest / params.kh;
  if (slice >= params.slices) { return; }
  var s0 = vec4f(0);
  var s1 = vec4f(0);
  var s2 = vec4f(0);
  let end = min(params.units, (slice + 1u) * params.slice);
  for (var unit = slice * params.slice; unit < end; unit++) {
    let part = divide(unit, params.chunks);
    let row = divide(part.x, params.h);
    let q0 = part.y * params.chunk;
    let q1 = min(params.quads, q0 + params.chunk);
    let plane = row.x * params.c + c;
    let i = plane * params.dy_plane + (params.row0 + row.y) * params.dy_line + params.quad0;
    let j = plane * params.x_plane + (row.y * params.sy + ky * params.d) * params.x_line;
    for (var q = q0; q < q1; q++) {
      let g = ld_dy(i + q);
      if (T == 3) {
        s0 = fma(g, pixels(j + q, 0), s0);
        s1 = fma(g, pixels(j + q, 1), s1);
        s2 = fma(g, pixels(j + q, 2), s2);
      } else {
        s0 = fma(g, pixels(j + q, kx), s0);
      }
    }
  }
  let at = ((slice * params.c + c) * params.kh + ky) * params.kw + kx;
  dw[at] = dot(s0, vec4f(1));
  if (T == 3) {
    dw[at + 1u] = dot(s1, vec4f(1));
    dw[at + 2u] = dot(s2, vec4f(1));
  }
}
