// y[i] = the sum of eight chains of multiply-adds that begin at i
// One thread computes 32 multiply-adds of four numbers a turn and loads nothing: the f32 peak of a device.
override TRIPS: u32 = 64;
struct Params { a: f32, b: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
var<private> s: array<vec4f, 8>;

fn round() {
  let a = vec4f(params.a);
  let b = vec4f(params.b);
  s[0] = fma(s[0], a, b);
  s[1] = fma(s[1], a, b);
  s[2] = fma(s[2], a, b);
  s[3] = fma(s[3], a, b);
  s[4] = fma(s[4], a, b);
  s[5] = fma(s[5], a, b);
  s[6] = fma(s[6], a, b);
  s[7] = fma(s[7], a, b);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = f32(id.x & 255);
  for (var i = 0u; i < 8; i++) { s[i] = vec4f(x, x + 1, x + 2, x + 3) * f32(i); }
  for (var i = 0u; i < TRIPS; i++) {
    round();
    round();
    round();
    round();
  }
  let sum = s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
  y[id.x] = sum.x + sum.y + sum.z + sum.w;
}
