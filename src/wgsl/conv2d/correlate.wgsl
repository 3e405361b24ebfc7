// y[n,o,Y,X] = act(b[o] + sum_{c,ky,kx} w[o,c,ky,kx] x[n, c, first + sy Y + ky DY, OX + S X + kx DX])
// One thread computes 8 neighbouring pixels of 4 B outputs; x is staged in column phases, w packed.
override B: u32 = 4; // quads of outputs a thread computes

// Sums of four outputs (0 to 3) at eight pixels (a: the first four, b: the others).
struct Tile { a0: vec4f, b0: vec4f, a1: vec4f, b1: vec4f, a2: vec4f, b2: vec4f, a3: vec4f, b3: vec4f }

fn tap(t: ptr<function, Tile>, u: vec4f, v: vec4f, w: vec4f) {
  (*t).a0 = fma(u, w.xxxx, (*t).a0);
  (*t).b0 = fma(v, w.xxxx, (*t).b0);
  (*t).a1 = fma(u, w.yyyy, (*t).a1);
  (*t).b1 = fma(v, w.yyyy, (*t).b1);
  (*t).a2 = fma(u, w.zzzz, (*t).a2);
  (*t).b2 = fma(v, w.zzzz, (*t).b2);
  (*t).a3 = fma(u, w.wwww, (*t).a3);
  (*t).b3 = fma(v, w.wwww, (*t).b3);
}

fn store(t: Tile, o: u32, col: u32, row: u32) {
  let bias = biases(o / 4u);
  put4(o, col, row, t.a0, bias.x);
  put4(o + 1u, col, row, t.a1, bias.y);
  put4(o + 2u, col, row, t.a2, bias.z);
  put4(o + 3u, col, row, t.a3, bias.w);
  put4(o, col + 4u, row, t.b0, bias.x);
  put4(o + 1u, col + 4u, row, t.b1, bias.y);
  put4(o + 2u, col + 4u, row, t.b2, bias.z);
  put4(o + 3u, col + 4u, row, t.b3, bias.w);
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.h * params.groups) { return; }
  let row = id.x / params.groups;
  let group = id.x % params.groups;
  var t0: Tile;
  var t1: Tile;
  var t2: Tile;
  var t3: Tile;
  var line = (id.z * params.c + params.c0) * params.plane +
    params.first + row * params.sy * params.line + 2u * group;
  var at = (id.y * params.c + params.c0) * params.kh * KW * B;
  for (var c = params.c0; c < params.c1; c++) {
    var i = line;
    for (var ky = 0u; ky < params.kh; ky++) {
      for (var kx = 0u; kx < KW; kx++) {
        let col = OX + kx * DX;
        let first = i + (col % S) * params.quads + col / S / 4;
        let q = ld_x(first + 1u);
        let u = shift(ld_x(first), q, col / S % 4);
        let v = shift(q, ld_x(first + 2u), col / S % 4);
        tap(&t0, u, v, ld_w(at));
        if (B > 1) { tap(&t1, u, v, ld_w(at + 1u)); }
        if (B > 2) { tap(&t2, u, v, ld_w(at + 2u)); }
        if (B > 3) { tap(&t3, u, v, ld_w(at + 3u)); }
        at += B;
      }
      i += params.dy * params.line;
    }
    line += params.plane;
  }
  let o = 4u * B * id.y;
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  store(t0, o, 8u * group, out);
  if (B > 1) { store(t1, o + 4u, 8u * group, out); }
  if (B > 2) { store(t2, o + 8u, 8u * group, out); }
  if (B > 3) { store(t3, o + 12u, 8u * group, out); }
}
