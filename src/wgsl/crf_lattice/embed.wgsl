// elevated = E f, the d+1 corners of the simplex around it, and its barycentric coordinates there
// One thread places one pixel: d+1 keys, d+1 weights.
// A corner of remainder r has the coordinates (d+1) m_i + r; its key is m_0 .. m_(d-1) and r, PER of
// them packed into each component, so that every component is an integer that f32 holds exactly.
// BATCH: several images of `area` pixels each; the image's number comes before them all in the key.
override D: u32;
override PER: u32;
override BATCH: bool;
struct Params {
  width: u32, area: u32, top: u32, pixels: u32, offset: u32,
  d0: f32, d1: f32, d2: f32, d3: f32, d4: f32, d5: f32, d6: f32, d7: f32, d8: f32, d9: f32,
  s0: f32, s1: f32, s2: f32, s3: f32, s4: f32, s5: f32, s6: f32, s7: f32, s8: f32, s9: f32,
}
@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read_write> keys: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let p = id.x + id.y * groups.x * 64u;
  if (p >= params.pixels) { return; }
  let deviation = array<f32, 10>(
    params.d0, params.d1, params.d2, params.d3, params.d4,
    params.d5, params.d6, params.d7, params.d8, params.d9,
  );
  let scale = array<f32, 10>(
    params.s0, params.s1, params.s2, params.s3, params.s4,
    params.s5, params.s6, params.s7, params.s8, params.s9,
  );
  let number = p / params.area;
  let q = p % params.area;
  var elevated: array<f32, 12>;
  var above = 0.0;
  for (var j = D; j > 0u; j--) {
    var f = f32(q % params.width);
    if (j == 2u) { f = f32(q / params.width + params.top); }
    if (j > 2u) { f = image[params.offset + (number * (D - 2u) + j - 3u) * params.area + q]; }
    let c = f / deviation[j - 1u] * scale[j - 1u];
    elevated[j] = above - f32(j) * c;
    above += c;
  }
  elevated[0] = above;

  // The nearest point of remainder 0, and how far each coordinate is from it.
  var m: array<i32, 12>;
  var rank: array<i32, 12>;
  var sum = 0;
  for (var i = 0u; i <= D; i++) {
    m[i] = i32(round(elevated[i] * (1.0 / f32(D + 1u))));
    sum += m[i];
  }
  var away: array<f32, 12>;
  for (var i = 0u; i <= D; i++) { away[i] = elevated[i] - f32(m[i]) * f32(D + 1u); }
  for (var i = 0u; i <= D; i++) {
    var before = 0;
    for (var j = 0u; j <= D; j++) {
      let less = away[i] < away[j] || (j < i && away[i] == away[j]);
      before += select(0, 1, less);
    }
    rank[i] = before;
  }
  let d = i32(D);
  for (var i = 0u; i <= D; i++) {
    rank[i] += sum;
    if (rank[i] < 0) {
      rank[i] += d + 1;
      m[i]++;
    } else if (rank[i] > d) {
      rank[i] -= d + 1;
      m[i]--;
    }
    away[i] = (elevated[i] - f32(m[i]) * f32(D + 1u)) * (1.0 / f32(D + 1u));
  }
  // Selections instead of indices by rank: the arrays stay in registers.
  var weight: array<f32, 12>;
  for (var r = 0; r <= d; r++) {
    var w = select(0.0, 1.0, r == 0);
    for (var i = 0u; i <= D; i++) {
      w += select(0.0, away[i], rank[i] == d - r);
      w -= select(0.0, away[i], rank[i] == select(d + 1 - r, 0, r == 0));
    }
    weight[r] = w;
  }

  let rows = (D + 4u) / 4u;
  for (var t = 0u; t < rows; t++) {
    var w = vec4f();
    for (var k = 0u; k < 4u; k++) {
      if (4u * t + k <= D) { w[k] = weight[4u * t + k]; }
    }
    weights[p * rows + t] = w;
  }
  let bits = 24u / PER;
  for (var r = 0; r <= d; r++) {
    var key = vec4u();
    let ahead = u32(BATCH);
    if (BATCH) { key[0] = number; }
    for (var i = 0u; i < D; i++) {
      let coordinate = m[i] - select(0, 1, rank[i] > d - r) + (1i << (bits - 1u));
      let word = (i + ahead) / PER;
      key[word] = (key[word] << bits) | u32(coordinate);
    }
    let last = (D + ahead) / PER;
    key[last] = (key[last] << bits) | u32(r);
    keys[p * (D + 1u) + u32(r)] = vec4f(key);
  }
}
