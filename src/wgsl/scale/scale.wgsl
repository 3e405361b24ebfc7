// y = alpha x
// Declares f and its gradient for map.wgsl.
fn f(x: vec4f, alpha: f32) -> vec4f {
  return alpha * x;
}
fn f_grad(y: vec4f, dy: vec4f, alpha: f32) -> vec4f {
  return alpha * dy;
}
