// neighbours[v] = for each axis the vertices one step forth and back along it, 0 where there is none
// One thread, striding over (vertex, pair of axes), writes one texel: two axes.
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
@group(0) @binding(6) var<storage, read_write> neighbours: array<vec4f>;
fn ld_keys(i: u32) -> vec4f { return keys[i]; }

fn find(key: vec4f) -> f32 {
  var slot = hash(key) & params.mask;
  loop {
    let held = table[slot];
    if (held == 0u) { break; }
    if (all(ld_keys(~held) == key)) { return f32(vertices[slot]); }
    slot = (slot + 1u) & params.mask;
  }
  return 0.0;
}

// The neighbour's coordinates differ by -step everywhere and by +step d on the axis.
fn neighbour(key: vec4u, axis: u32, step: i32) -> f32 {
  let bits = 24u / PER;
  let mask = (1u << bits) - 1u;
  let ahead = u32(BATCH); // the image's number, which neighbours share
  let last = (D + ahead) / PER;
  let inLast = (D + ahead + 1u) - last * PER;
  let r = i32(key[last] & mask) - step;
  let wrapped = select(select(r, 0, r > i32(D)), i32(D), r < 0);
  let carry = select(select(0, 1, r > i32(D)), -1, r < 0);
  var result = vec4u();
  for (var k = 0u; k < D + ahead; k++) {
    let inWord = select(PER, inLast, k / PER == last);
    let shift = (inWord - 1u - k % PER) * bits;
    var m = i32((key[k / PER] >> shift) & mask);
    if (k >= ahead) { m += carry + select(0, step, k - ahead == axis); }
    result[k / PER] = (result[k / PER] << bits) | (u32(m) & mask);
  }
  result[last] = (result[last] << bits) | u32(wrapped);
  return find(vec4f(result));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let pairs = (D + 2u) / 2u;
  let end = stats[0] * pairs;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let v = i / pairs;
    let axis = 2u * (i % pairs);
    var found = vec4f();
    if (v > 0u) {
      let key = vec4u(ld_keys(firsts[v]));
      found.x = neighbour(key, axis, 1);
      found.y = neighbour(key, axis, -1);
      if (axis < D) {
        found.z = neighbour(key, axis + 1u, 1);
        found.w = neighbour(key, axis + 1u, -1);
      }
    }
    neighbours[i] = found;
  }
}
