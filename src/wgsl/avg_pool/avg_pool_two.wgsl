// y[Y,X] = (x[2Y,2X] + x[2Y,2X+1] + x[2Y+1,2X] + x[2Y+1,2X+1]) / 4
// One thread computes four neighbours; each pixel is read once, so that buffers are best.
struct Params { lines: u32, h: u32, high: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let t = id.x + id.y * groups.x * 64u;
  let line = divide(t, params.quads);
  if (line.x >= params.lines) { return; }
  let row = divide(line.x, params.high);
  let i = (row.x * params.h + 2u * row.y) * 2u * params.quads + 2u * line.y;
  let j = i + 2u * params.quads;
  let a = x[i];
  let b = x[i + 1u];
  let c = x[j];
  let d = x[j + 1u];
  y[t] = (vec4f(a.xz, b.xz) + vec4f(a.yw, b.yw) + vec4f(c.xz, d.xz) + vec4f(c.yw, d.yw)) / 4.0;
}
