// neighbours[v] = for each axis the vertices one step forth and back along it, 0 where there is none
// One thread finds the vertex forth of one vertex on one axis, and that vertex's back with it. No
// thread strides: inside of such a loop the one over coordinates would keep its bounds checks (naga).
override D: u32;
override PER: u32;
override BATCH: bool;
struct Params { mask: u32 }
@group(0) @binding(0) var<storage, read> keys: array<vec4f>;
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read> vertices: array<u32>;
@group(0) @binding(3) var<storage, read> firsts: array<u32>;
@group(0) @binding(4) var<storage, read> stats: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> neighbours: array<f32>;
fn ld_keys(i: u32) -> vec4f { return keys[i]; }

fn find(key: vec4f) -> u32 {
  var slot = hash(key) & params.mask;
  loop {
    let held = table[slot];
    if (held == 0u) { break; }
    if (all(ld_keys(~held) == key)) { return vertices[slot]; }
    slot = (slot + 1u) & params.mask;
  }
  return 0u;
}

// The next vertex along an axis: its coordinates differ by -1 everywhere and by +d on the axis.
fn next(key: vec4u, axis: u32) -> u32 {
  let bits = 24u / PER;
  let mask = (1u << bits) - 1u;
  let ahead = u32(BATCH); // the image's number, which neighbours share
  let last = (D + ahead) / PER;
  let inLast = (D + ahead + 1u) - last * PER;
  let r = key[last] & mask;
  let carry = select(0u, 1u, r == 0u);
  var result = vec4u();
  for (var k = 0u; k < D + ahead; k++) {
    let inWord = select(PER, inLast, k / PER == last);
    let shift = (inWord - 1u - k % PER) * bits;
    var m = (key[k / PER] >> shift) & mask;
    if (k >= ahead) { m += select(0u, 1u, k - ahead == axis) - carry; }
    result[k / PER] = (result[k / PER] << bits) | (m & mask);
  }
  result[last] = (result[last] << bits) | select(r - 1u, D, r == 0u);
  return find(vec4f(result));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let v = 1u + i / (D + 1u);
  let axis = i % (D + 1u);
  if (v >= stats[0]) { return; }
  let forth = next(vec4u(ld_keys(firsts[v])), axis);
  if (forth > 0u) {
    let row = 2u * ((D + 2u) / 2u);
    neighbours[2u * (v * row + axis)] = f32(forth);
    neighbours[2u * (forth * row + axis) + 1u] = f32(v);
  }
}
