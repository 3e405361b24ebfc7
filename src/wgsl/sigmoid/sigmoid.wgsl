// y = 1 / (1 + exp(-x))
// Declares f and its gradient for map.wgsl.
fn f(x: vec4f, alpha: f32) -> vec4f {
  return 1 / (1 + exp(-x));
}
fn f_grad(y: vec4f, dy: vec4f, alpha: f32) -> vec4f {
  return dy * y * (1 - y);
}
