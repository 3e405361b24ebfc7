// packed[b,c,ky,kx,j] = w[(b B + j) so + c sc + (ky0 + ky step_y) kw + kx0 + kx step_x], B outputs a block
// One thread writes one vec4f: four outputs j of one tap.
struct Params {
  quads: u32, block: u32, outputs: u32, inputs: u32, padded: u32, kh: u32, kw: u32,
  so: u32, sc: u32, origin: i32, step_y: i32, step_x: i32,
}
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn weight(o: u32, c: u32, at: i32) -> f32 {
  if (o >= params.outputs || c >= params.inputs) { return 0.0; }
  return w[u32(at + i32(o * params.so))];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.quads) { return; }
  let block = divide(i, params.block);
  let along = divide(block.x, params.kw);
  let down = divide(along.x, params.kh);
  let input = divide(down.x, params.padded);
  let o = 4u * (input.x * params.block + block.y);
  let at = params.origin + i32(input.y * params.sc) + i32(down.y) * params.step_y +
    i32(along.y) * params.step_x;
  let c = input.y;
  packed[i] = vec4f(weight(o, c, at), weight(o + 1u, c, at), weight(o + 2u, c, at), weight(o + 3u, c, at));
}
