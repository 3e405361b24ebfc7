// y[n,o,Y,X] = act(b[o] + sum_{ky,kx} w[o,ky,kx] x[n, o, first + sy Y + ky DY, OX + S X + kx DX])
// One thread computes 8 neighbouring pixels of one row; any window.
fn weight(i: u32, o: u32) -> vec4f { return vec4f(ld_w(i)[o & 3u]); }

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.h * params.groups) { return; }
  let row = id.x / params.groups;
  let group = id.x % params.groups;
  let o = id.y;
  var a = vec4f(0);
  var b = vec4f(0);
  var at = (o >> 2u) * params.kh * KW;
  var i = (id.z * params.o + o) * params.plane + params.first + row * params.sy * params.line +
    2u * group;
  for (var ky = 0u; ky < params.kh; ky++) {
    for (var kx = 0u; kx < KW; kx++) {
      let col = (OX + kx * DX) / S;
      let first = i + ((OX + kx * DX) % S) * params.quads + col / 4u;
      let q = ld_x(first + 1u);
      a = fma(shift(ld_x(first), q, col % 4u), weight(at, o), a);
      b = fma(shift(q, ld_x(first + 2u), col % 4u), weight(at, o), b);
      at++;
    }
    i += params.dy * params.line;
  }
  let out = params.y_origin + id.z * params.o * params.y_plane + row * params.y_row;
  let bias = biases(o / 4u)[o % 4u];
  put4(o, 8u * group, out, a, bias);
  put4(o, 8u * group + 4u, out, b, bias);
}
