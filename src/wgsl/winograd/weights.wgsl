// packed[6 i + j, b, c, k] = (G w G^T)[i,j] of outputs 4 (2 b + k) to + 3, as 1x1 convolutions take weights
// One thread transforms the 3x3 taps of four outputs and one input.
struct Params {
  threads: u32, outputs: u32, inputs: u32, padded: u32,
  so: u32, sc: u32, origin: i32, step_y: i32, step_x: i32,
}
@group(0) @binding(0) var<storage, read> w: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

fn weight(o: u32, at: i32) -> f32 {
  if (o >= params.outputs) { return 0.0; }
  return w[u32(at + i32(o * params.so))];
}

fn taps(o: u32, at: i32) -> vec4f {
  return vec4f(weight(o, at), weight(o + 1u, at), weight(o + 2u, at), weight(o + 3u, at));
}

fn row_of(o: u32, at: i32) -> array<vec4f, 6> {
  return of_weights(array<vec4f, 3>(
    taps(o, at), taps(o, at + params.step_x), taps(o, at + 2 * params.step_x),
  ));
}

fn store(i: u32, a: vec4f, b: vec4f, c: vec4f) {
  let t = of_weights(array<vec4f, 3>(a, b, c));
  packed[i] = t[0];
  packed[i + 6u * params.threads] = t[1];
  packed[i + 12u * params.threads] = t[2];
  packed[i + 18u * params.threads] = t[3];
  packed[i + 24u * params.threads] = t[4];
  packed[i + 30u * params.threads] = t[5];
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 8u;
  if (i >= params.threads) { return; }
  let inputs = divide(i / 2u, params.padded);
  let o = 4u * (2u * inputs.x + i % 2u);
  let c = min(inputs.y, params.inputs - 1u); // inputs beyond are read as the last, and have no weight
  let at = params.origin + i32(c * params.sc);
  let own = select(params.outputs, o, inputs.y < params.inputs);
  let r0 = row_of(own, at);
  let r1 = row_of(own, at + params.step_y);
  let r2 = row_of(own, at + 2 * params.step_y);
  let next = params.threads;
  store(i, r0[0], r1[0], r2[0]);
  store(i + next, r0[1], r1[1], r2[1]);
  store(i + 2u * next, r0[2], r1[2], r2[2]);
  store(i + 3u * next, r0[3], r1[3], r2[3]);
  store(i + 4u * next, r0[4], r1[4], r2[4]);
  store(i + 5u * next, r0[5], r1[5], r2[5]);
}
