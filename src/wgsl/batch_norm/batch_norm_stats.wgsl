// partial[c,n,s] = sum (x - x0), sum (x - x0)^2 over a slice of plane (n, c), x0 = x[0,c,0,0]
// One thread sums one slice; the shift by x0 keeps the variance exact far from zero.
struct Params { n: u32, c: u32, hw: u32, slices: u32 }
@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> partial: array<vec2f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let row = t / params.slices;
  let c = row / params.n;
  if (c >= params.c) { return; }
  let base = ((row % params.n) * params.c + c) * params.hw;
  let shift = lane(x[c * params.hw], 0u);
  var sum = V(0);
  var squares = V(0);
  for (var q = t % params.slices; q < params.hw; q += params.slices) {
    let d = x[base + q] - shift;
    sum += d;
    squares += d * d;
  }
  partial[t] = vec2f(total(sum), total(squares));
}
