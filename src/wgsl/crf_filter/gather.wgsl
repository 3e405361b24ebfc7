// v[vertex] = before[vertex] + sum of the sums of its segments; v[0] = 0
// One thread, striding over (vertex, chunk of labels), sums SPAN groups of one vertex.
override GROUPS: u32;
override SPAN: u32;
// MORE: `before` holds what other blocks of pixels put on the vertices, else zeros stand for it.
override MORE: bool;
@group(0) @binding(0) var<storage, read> stats: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chunks = GROUPS / SPAN;
  let end = stats[0] * chunks;
  for (var i = id.x; i < end; i += groups.x * 64u) {
    let vertex = i / chunks;
    let pair = ld_runs(vertex / 2u);
    let run = vec2u(select(pair.xy, pair.zw, vertex % 2u == 1u));
    var sum = array<vec4f, 8>();
    if (MORE) {
      for (var g = 0u; g < SPAN; g++) { sum[g] = ld_before(i * SPAN + g); }
    }
    for (var s = run.x; s < run.y; s++) {
      for (var g = 0u; g < SPAN; g++) { sum[g] += ld_sums(s * GROUPS + i % chunks * SPAN + g); }
    }
    for (var g = 0u; g < SPAN; g++) { st_v(i * SPAN + g, sum[g]); }
  }
}
