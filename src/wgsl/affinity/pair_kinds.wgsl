// kinds = (both background, both of one other class, of two classes, 0); all 0 outside and for 255
// One thread compares the labels of two pixels (y, x).
fn kinds(n: u32, from_pixel: vec2i, to: vec2i) -> vec4f {
  if (to.x >= i32(params.h) || to.y < 0 || to.y >= i32(params.w)) { return vec4f(0); }
  let width = i32(params.w);
  let image = i32(n) * i32(params.h) * width;
  let one = labels[image + from_pixel.x * width + from_pixel.y];
  let other = labels[image + to.x * width + to.y];
  if (one == 255u || other == 255u) { return vec4f(0); }
  let same = one == other;
  return vec4f(vec3f(vec3<bool>(same && one == 0u, same && one != 0u, !same)), 0);
}
