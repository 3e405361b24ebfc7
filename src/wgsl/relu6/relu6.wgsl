// y = min(max(x, 0), 6)
// Declares f and its gradient for map.wgsl.
fn f(x: vec4f, alpha: f32) -> vec4f {
  return clamp(x, vec4f(0), vec4f(6));
}
fn f_grad(y: vec4f, dy: vec4f, alpha: f32) -> vec4f {
  return select(vec4f(0), dy, (y > vec4f(0)) & (y < vec4f(6)));
}
