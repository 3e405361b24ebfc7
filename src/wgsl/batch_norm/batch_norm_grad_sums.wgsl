// partial[c,n,s] = sum dy, sum dy (x - mean) / std over a slice of plane (n, c)
// One thread sums one slice; where RELU, dy counts where the output was positive.
override RELU: bool;
struct Params { n: u32, c: u32, hw: u32, slices: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> affine: array<vec2f>;
@group(0) @binding(3) var<storage, read> moments: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec2f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let row = t / params.slices;
  let c = row / params.n;
  if (c >= params.c) { return; }
  let base = ((row % params.n) * params.c + c) * params.hw;
  let ab = affine[c];
  let moment = moments[c];
  var sum = V(0);
  var product = V(0);
  for (var q = t % params.slices; q < params.hw; q += params.slices) {
    let v = x[base + q];
    var d = dy[base + q];
    if (RELU) { d = select(V(0), d, ab.x * v + ab.y > V(0)); }
    sum += d;
    product += d * (v - moment.x);
  }
  partial[t] = vec2f(total(sum), moment.y * total(product));
}
