// floor(a / b) and the remainder
// As the hardware does it.
fn divide(a: u32, b: u32) -> vec2u { return vec2u(a / b, a % b); }
