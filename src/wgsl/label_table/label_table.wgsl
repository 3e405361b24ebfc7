// y[n,0] = background, or alone where image n has no label; y[n,c] = present where it has label c, or absent
// One thread computes one element. SHARE 1 divides present by the number of present classes and
// absent by that of absent ones; SHARE 2 divides background and present by their number together.
override SHARE: u32;
override CLASSES: u32;
struct Params {
  size: u32,
  background: f32,
  alone: f32,
  present: f32,
  absent: f32,
}
@group(0) @binding(0) var<storage, read> labels: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

fn shown(n: u32, c: u32) -> bool {
  return (labels[n * (CLASSES - 1) + c - 1] & 0x7fffffffu) != 0;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.size) { return; }
  let n = i / CLASSES;
  let own = i % CLASSES;
  var count = 0.0;
  if (SHARE > 0 || own == 0) {
    for (var c = 1u; c < CLASSES; c++) { count += select(0.0, 1.0, shown(n, c)); }
  }
  var value = select(params.background, params.alone, count == 0);
  var among = select(1.0, count + 1, SHARE == 2);
  if (own > 0) {
    if (shown(n, own)) {
      value = params.present;
      if (SHARE == 1) { among = count; }
    } else {
      value = params.absent;
      among = select(1.0, f32(CLASSES) - 1 - count, SHARE == 1);
    }
  }
  y[i] = value / among;
}
