// parent[i] is a pixel of the same region as i, and not after it; a root, its own parent, stands for a
// region. Declarations only: one thread follows the parents of one pixel up to the root.
@group(0) @binding(0) var<storage, read_write> parents: array<atomic<u32>>;

fn root(i: u32) -> u32 {
  var at = i;
  var up = atomicLoad(&parents[at]);
  while (up != at) {
    at = up;
    up = atomicLoad(&parents[at]);
  }
  return at;
}
