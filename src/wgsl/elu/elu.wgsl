// y = x where x > 0, else alpha (exp(x) - 1)
// Declares f and its gradient for map.wgsl.
fn f(x: vec4f, alpha: f32) -> vec4f {
  return select(alpha * (exp(x) - 1), x, x > vec4f(0));
}
fn f_grad(y: vec4f, dy: vec4f, alpha: f32) -> vec4f {
  return dy * select(y + alpha, vec4f(1), y > vec4f(0));
}
