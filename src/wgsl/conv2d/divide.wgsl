// floor(a / b) and the remainder for a < 2^24
// By one multiplication in f32 and a correction: software drivers divide integers lane by lane.
fn divide(a: u32, b: u32) -> vec2u {
  var q = u32(f32(a) / f32(b));
  q -= select(0u, 1u, q * b > a);
  let r = a - q * b;
  return select(vec2u(q, r), vec2u(q + 1u, r - b), r >= b);
}
