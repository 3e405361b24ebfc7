// packed[b,c,ky,kx,j] = w[(b B + j) so + c sc + (ky0 + ky step_y) kw + kx0 + kx step_x], B outputs a block
// One thread writes one vec4f: four outputs j of one tap.
struct Params {
  quads: u32, block: u32, outputs: u32, inputs: u32, kh: u32, kw: u32,
  so: u32, sc: u32, origin: i32, step_y: i32, step_x: i32,
}

fn weight(o: u32, at: i32) -> f32 {
  if (o >= params.outputs) { return 0.0; }
  return w[u32(at + i32(o * params.so))];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.quads) { return; }
  let j = i % params.block;
  var rest = i / params.block;
  let kx = i32(rest % params.kw);
  rest /= params.kw;
  let ky = i32(rest % params.kh);
  rest /= params.kh;
  let c = rest % params.inputs;
  let o = 4u * ((rest / params.inputs) * params.block + j);
  let at = params.origin + i32(c * params.sc) + ky * params.step_y + kx * params.step_x;
  st(i, vec4f(weight(o, at), weight(o + 1u, at), weight(o + 2u, at), weight(o + 3u, at)));
}
