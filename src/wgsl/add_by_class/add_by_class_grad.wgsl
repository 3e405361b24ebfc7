// g[i,c,p] = dy[i,c,p] where y > 0, else 0; dx[n,c,p] = sum of g over the masks of image n
// One thread computes V neighbouring elements of dx, and those of g that lie over them.
override MASKS: u32;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> y: array<V>;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read_write> g: array<V>;
@group(0) @binding(3) var<storage, read_write> dx: array<V>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let own = id.x + id.y * groups.x * 64u;
  if (own >= params.size) { return; }
  var sum = V(0);
  var i = own;
  for (var k = 0u; k < MASKS; k++) {
    let v = select(V(0), dy[i], y[i] > V(0));
    g[i] = v;
    sum += v;
    i += params.size;
  }
  dx[own] = sum;
}
