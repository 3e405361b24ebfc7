// dx[c] = dy scale (p[c] sum_k a[k] - a[c]), a = w t, or w t p / (p + floor) where FLOORED
// One thread computes V neighbouring pixels, all their classes.
override C: u32;
override WEIGHTED: bool;
override FLOORED: bool;
struct Params { hw: u32, floor: f32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> t: array<V>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> kept: array<V>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<V>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.hw) { return; }
  let base = id.y * C * params.hw + id.x;
  let pixel = id.y * params.hw + id.x;
  let whole = kept[2 * pixel];
  let all = kept[2 * pixel + 1];
  let factor = dy[0] * params.scale;
  for (var k = 0u; k < C; k++) {
    let i = base + k * params.hw;
    let p = exp(x[i] - whole);
    var a = t[i];
    if (WEIGHTED) { a *= weight[id.y * C + k]; }
    if (FLOORED) { a *= p / (p + params.floor); }
    dx[i] = factor * (p * all - a);
  }
}
