// inverse = 1 / v, and 0 where v is too small to tell
// One thread, striding over the vertices, inverts the sum over all labels on one.
@group(0) @binding(0) var<storage, read> stats: array<u32>;
@group(0) @binding(1) var<storage, read_write> inverse: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
fn ld_v(i: u32) -> vec4f { return v[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let end = stats[0];
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let v = ld_v(i).x;
    inverse[i] = select(0.0, 1.0 / v, v > 1e-30);
  }
}
