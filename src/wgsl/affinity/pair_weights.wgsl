// weight[d,i] = a[i,i+d] / (1 + sum_k a[i,i+k]), d = 0 has a = 1; or GRAD: -scale a[i,i+d] da[i,i+d]
// One thread writes all offsets d = (-4..4, -4..4) of four neighbouring pixels i, 0 beyond radius R.
override R: i32;
override GRAD: bool;
struct Params {
  h: u32, w: u32, quads: u32, left: u32, rows: u32, columns: u32, offsets: u32, scale: f32,
}
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> da: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> weight: array<vec4f>;

// The value of pair o, whose first pixel is (y, x); 0 where that is none.
fn pair(first: u32, y: i32, x: i32) -> f32 {
  let column = u32(x) - params.left; // wraps round left of the first
  if (y < 0 || u32(y) >= params.rows || column >= params.columns) { return 0; }
  let i = (first * params.rows + u32(y)) * params.columns + column;
  if (GRAD) { return -params.scale * a[i] * da[i]; }
  return a[i];
}

// The values of the pairs that four neighbours from (y, x) make with those at d.
fn pairs(n: u32, rank: i32, y: i32, x: i32, d: vec2i) -> vec4f {
  let half = i32(params.offsets);
  if (rank == half) { return select(vec4f(1), vec4f(0), GRAD); }
  let forth = rank > half;
  let o = n * params.offsets + u32(select(half - 1 - rank, rank - half - 1, forth));
  let from_y = select(y + d.y, y, forth);
  let from_x = select(x + d.x, x, forth);
  return vec4f(
    pair(o, from_y, from_x), pair(o, from_y, from_x + 1),
    pair(o, from_y, from_x + 2), pair(o, from_y, from_x + 3),
  );
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let plane = params.h * params.quads;
  if (id.x >= plane) { return; }
  let y = i32(id.x / params.quads);
  let x = i32(4u * (id.x % params.quads));
  var sum = vec4f(0);
  var at = id.y * 81u * plane + id.x;
  for (var sweep = u32(GRAD); sweep < 2u; sweep++) {
    var rank = 0i;
    for (var dy = -4i; dy <= 4; dy++) {
      for (var dx = -4i; dx <= 4; dx++) {
        var v = vec4f(0);
        if (dy * dy + dx * dx < R * R) {
          v = pairs(id.y, rank, y, x, vec2i(dx, dy));
          rank++;
        }
        if (sweep == 0u) {
          sum += v;
        } else {
          if (!GRAD) { v /= sum; }
          weight[at] = v;
          at += plane;
        }
      }
    }
  }
}
