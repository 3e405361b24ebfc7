// y[line,x] = quads[line,x]: rows of whole quads without what pads the last one
// One thread writes four neighbouring values.
struct Params { size: u32, w: u32, quads: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
fn ld_x(i: u32) -> vec4f { return x[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (4u * i >= params.size) { return; }
  var line = 4u * i / params.w;
  var x = 4u * i % params.w;
  var v = vec4f(0);
  for (var lane = 0u; lane < 4u; lane++) {
    let quad = ld_x(min(line, (params.size - 1u) / params.w) * params.quads + x / 4u);
    v[lane] = quad[x % 4u];
    x++;
    if (x == params.w) {
      x = 0;
      line++;
    }
  }
  y[i] = v;
}
