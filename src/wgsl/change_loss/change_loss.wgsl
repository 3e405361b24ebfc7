// partial[n,s] = (sum softplus(z), count) over y = 0, (sum softplus(-z), count) over y = 1; pixels of y = 255 are left out
// T threads of a workgroup sum one slice of one image's pixels, V at a time, in a fixed order.
override WG: u32 = 256;
override T: u32 = 256; // a power of two
struct Params { n: u32, hw: u32, slices: u32 }
@group(0) @binding(0) var<storage, read> z: array<V>;
@group(0) @binding(1) var<storage, read> labels: array<U>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(3) var<uniform> params: Params;
alias Sums = vec4f;
var<workgroup> shared_sums: array<vec4f, 256>;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row = (id.x + id.y * groups.x) * (WG / T) + local / T;
  let n = min(row / params.slices, params.n - 1);
  var same = V(0);
  var changed = V(0);
  var changes = V(0);
  var pixels = V(0);
  for (var q = row % params.slices + local % T * params.slices; q < params.hw; q += T * params.slices) {
    let i = n * params.hw + q;
    let v = z[i];
    let counts = select(V(1), V(0), labels[i] == U(255));
    let one = select(V(0), counts, labels[i] != U(0));
    let tail = log(1 + exp(-abs(v)));
    same += (counts - one) * (max(v, V(0)) + tail);
    changed += one * (max(-v, V(0)) + tail);
    changes += one;
    pixels += counts;
  }
  let ones = total(changes);
  let sums = added(vec4f(total(same), total(pixels) - ones, total(changed), ones), local);
  if (local % T == 0 && row < params.n * params.slices) { partial[row] = sums; }
}
