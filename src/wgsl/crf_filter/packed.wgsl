// 8 numbers of [0, 1] in one vec4f: two of 128 + 32384 x to a component, in its high and low half
// One thread packs what it writes and unpacks what it reads.
// The high half keeps every component a normal number, so that no copy can alter its bits.
fn packed(a: vec4f, b: vec4f) -> vec4f {
  return packed_codes(a * 32384.0 + 128.0, b * 32384.0 + 128.0);
}

// The same of 128 + 32384 x.
fn packed_codes(a: vec4f, b: vec4f) -> vec4f {
  let x = vec4u(vec4i(clamp(a, vec4f(128), vec4f(32512)) + 0.5));
  let y = vec4u(vec4i(clamp(b, vec4f(128), vec4f(32512)) + 0.5));
  return bitcast<vec4f>(vec4u(x.xz << vec2u(16u), y.xz << vec2u(16u)) | vec4u(x.yw, y.yw));
}

// 128 + 32384 x of the first four numbers.
fn first_four(t: vec4f) -> vec4f {
  let bits = bitcast<vec2u>(t.xy);
  let four = vec4u(bits.x >> 16u, bits.x & 0xffffu, bits.y >> 16u, bits.y & 0xffffu);
  // CPUs convert signed numbers several times faster than unsigned ones.
  return vec4f(bitcast<vec4i>(four));
}

// 128 + 32384 x of the other four.
fn last_four(t: vec4f) -> vec4f {
  return first_four(t.zwzw);
}
