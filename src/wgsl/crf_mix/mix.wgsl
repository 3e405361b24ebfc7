// mixed[i, a] = -sum over the labels b of mu[a, b] x[i, b]
// One thread, striding over (row, group of labels), mixes four labels of one row: a vertex or a pixel.
override GROUPS: u32;
// mu[b * GROUPS + g] holds -mu of the labels 4 g .. 4 g + 3 beside label b, zeros beyond the last.
@group(0) @binding(0) var<storage, read> mu: array<vec4f>;
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> mixed: array<vec4f>;
fn ld_x(i: u32) -> vec4f { return x[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let end = rows[0] * GROUPS;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let g = i % GROUPS;
    var sum = vec4f();
    for (var h = 0u; h < GROUPS; h++) {
      let x = ld_x(i - g + h);
      let b = 4u * h * GROUPS + g;
      sum += x.x * mu[b] + x.y * mu[b + GROUPS] + x.z * mu[b + 2u * GROUPS] + x.w * mu[b + 3u * GROUPS];
    }
    mixed[i] = sum;
  }
}
