// db[slice,o] = sum_{quads of the slice} dy[n,o,...], dy staged: what is not a pixel is zero
// One thread sums one slice of one plane.
struct Params { o: u32, n: u32, plane: u32, slice_quads: u32, slices: u32 }
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> db: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
fn ld_dy(i: u32) -> vec4f { return dy[i]; }

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 8u;
  if (i >= params.o * params.n * params.slices) { return; }
  let o = i % params.o;
  let slice = i / params.o;
  let base = ((slice / params.slices) * params.o + o) * params.plane;
  let start = (slice % params.slices) * params.slice_quads;
  let end = min(params.plane, start + params.slice_quads);
  var sum = vec4f(0);
  for (var q = start; q < end; q++) { sum += ld_dy(base + q); }
  db[i] = sum.x + sum.y + sum.z + sum.w;
}
