// partial = sum of softplus(z) - t z
// One thread sums every `threads`-th group of four elements.
struct Params { size: u32, threads: u32 }
@group(0) @binding(0) var<storage, read> z: array<vec4f>;
@group(0) @binding(1) var<storage, read> labels: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  if (t >= params.threads) { return; }
  var sum = vec4f(0);
  for (var i = t; 4 * i < params.size; i += params.threads) {
    let v = z[i];
    let loss = max(v, vec4f(0)) - labels[i] * v + log(1 + exp(-abs(v)));
    sum += select(vec4f(0), loss, vec4u(4 * i) + vec4u(0, 1, 2, 3) < vec4u(params.size));
  }
  partial[t] = (sum.x + sum.y) + (sum.z + sum.w);
}
