// y = -log max(x, alpha), the gradient -dy / x where x > alpha, else 0
// Declares f and its gradient for map.wgsl.
fn f(x: vec4f, alpha: f32) -> vec4f {
  return -log(max(x, vec4f(alpha)));
}
fn f_grad(y: vec4f, dy: vec4f, alpha: f32) -> vec4f {
  return select(vec4f(0), -dy * exp(y), y < vec4f(-log(alpha)));
}
