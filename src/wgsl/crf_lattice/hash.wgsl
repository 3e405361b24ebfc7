// hash(key): mixes the four packed integers of a key
// Every thread that probes the table starts from it.
fn hash(key: vec4f) -> u32 {
  let k = vec4u(key);
  var h = (k.x * 0x9e3779b1u) ^ (k.y * 0x85ebca77u) ^ (k.z * 0xc2b2ae3du) ^ (k.w * 0x27d4eb2fu);
  h = (h ^ (h >> 15u)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12u)) * 0x297a2d39u;
  return h ^ (h >> 15u);
}
