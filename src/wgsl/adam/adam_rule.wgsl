// g = dw + weight_decay w; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2
// w = w - rate m / (sqrt(v) root + eps), corrections in rate and root, c = 1 - b; nothing runs by itself.
struct Four { w: vec4f, m: vec4f, v: vec4f }

fn updated(before: Four, dw: vec4f, rate: f32, weight_decay: f32, shrink: f32) -> Four {
  let g = dw + weight_decay * before.w;
  let m = params.b1 * before.m + params.c1 * g;
  let v = params.b2 * before.v + params.c2 * g * g;
  return Four(shrink * before.w - rate * m / (sqrt(v) * params.root + params.eps), m, v);
}
