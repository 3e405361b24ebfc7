// v[vertex] = sum of the sums of its segments; v[0] = 0
// One thread, striding over (vertex, group), sums four labels of one vertex.
override GROUPS: u32;
@group(0) @binding(0) var<storage, read> stats: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let end = stats[0] * GROUPS;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let vertex = i / GROUPS;
    let pair = ld_runs(vertex / 2u);
    let run = vec2u(select(pair.xy, pair.zw, vertex % 2u == 1u));
    var sum = vec4f();
    for (var s = run.x; s < run.y; s++) { sum += ld_sums(s * GROUPS + i % GROUPS); }
    st_v(i, sum);
  }
}
