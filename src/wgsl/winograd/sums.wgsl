// y[n,o,Y,X] = act(b[o] + (A^T t A)[i,j] of the tile and place in it that (Y, X) are)
// One thread computes four tiles of 4x4 sums, which lie in the same rows.
override STEP: u32 = max(1, DX / 4);

fn row_of(i: u32, next: u32) -> array<vec4f, 4> {
  return to_sums(array<vec4f, 6>(
    ld_x(i), ld_x(i + next), ld_x(i + 2u * next), ld_x(i + 3u * next), ld_x(i + 4u * next),
    ld_x(i + 5u * next),
  ));
}

// Writes the four sums of each tile in one row: column by column, brought into the order of pixels.
fn put_row(o: u32, line: u32, out: u32, first: u32, s: array<vec4f, 4>, bias: f32) {
  if (line >= params.h) { return; }
  let row = out + line * params.y_row;
  let col = 4u * first;
  if (DX > 2) {
    put4(o, col, row, s[0], bias);
    put4(o, col + DX, row, s[1], bias);
    put4(o, col + 2u * DX, row, s[2], bias);
    put4(o, col + 3u * DX, row, s[3], bias);
  } else if (DX == 2) {
    put4(o, col, row, vec4f(s[0].xy, s[1].xy), bias);
    put4(o, col + 4u, row, vec4f(s[2].xy, s[3].xy), bias);
    put4(o, col + 8u, row, vec4f(s[0].zw, s[1].zw), bias);
    put4(o, col + 12u, row, vec4f(s[2].zw, s[3].zw), bias);
  } else {
    put4(o, col, row, vec4f(s[0].x, s[1].x, s[2].x, s[3].x), bias);
    put4(o, col + 4u, row, vec4f(s[0].y, s[1].y, s[2].y, s[3].y), bias);
    put4(o, col + 8u, row, vec4f(s[0].z, s[1].z, s[2].z, s[3].z), bias);
    put4(o, col + 12u, row, vec4f(s[0].w, s[1].w, s[2].w, s[3].w), bias);
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= params.plane) { return; }
  let tiles = divide(i, params.groups);
  let images = divide(tiles.x, params.line);
  let tile = divide(images.y, DX);
  let own = divide(tiles.y, STEP);
  let line = 4u * DX * tile.x + tile.y;
  let first = 4u * STEP * own.x + own.y;
  let o = id.y;
  let out = params.y_origin + (params.first + images.x) * params.o * params.y_plane;
  let next = params.o * params.plane;
  let tile0 = o * params.plane + i;
  let r0 = row_of(tile0, next);
  let r1 = row_of(tile0 + 6u * next, next);
  let r2 = row_of(tile0 + 12u * next, next);
  let r3 = row_of(tile0 + 18u * next, next);
  let r4 = row_of(tile0 + 24u * next, next);
  let r5 = row_of(tile0 + 30u * next, next);
  let c0 = to_sums(array<vec4f, 6>(r0[0], r1[0], r2[0], r3[0], r4[0], r5[0]));
  let c1 = to_sums(array<vec4f, 6>(r0[1], r1[1], r2[1], r3[1], r4[1], r5[1]));
  let c2 = to_sums(array<vec4f, 6>(r0[2], r1[2], r2[2], r3[2], r4[2], r5[2]));
  let c3 = to_sums(array<vec4f, 6>(r0[3], r1[3], r2[3], r3[3], r4[3], r5[3]));
  let bias = biases(o / 4u)[o % 4u];
  put_row(o, line, out, first, array<vec4f, 4>(c0[0], c1[0], c2[0], c3[0]), bias);
  put_row(o, line + DX, out, first, array<vec4f, 4>(c0[1], c1[1], c2[1], c3[1]), bias);
  put_row(o, line + 2u * DX, out, first, array<vec4f, 4>(c0[2], c1[2], c2[2], c3[2]), bias);
  put_row(o, line + 3u * DX, out, first, array<vec4f, 4>(c0[3], c1[3], c2[3], c3[3]), bias);
}
