// g[n,o,p] = dy[n,o,p] where y says that the activation let it pass; db[slice,o] = sum of g over images and p
// A workgroup passes over one channel of some images; its threads add up what they saw, in order.
override ACT: u32 = 0; // 1 ReLU, 2 ReLU6: g is written; 0: only the sums are
struct Params { o: u32, plane: u32, images: u32, each: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;
@group(0) @binding(3) var<storage, read_write> db: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) t: u32) {
  let channel = id.x;
  let first = id.y * params.each;
  let last = min(params.images, first + params.each);
  var sum = 0.0;
  for (var image = first; image < last; image++) {
    let start = (image * params.o + channel) * params.plane;
    for (var p = t; p < params.plane; p += 256) {
      var v = dy[start + p];
      if (ACT > 0) {
        let own = y[start + p];
        v = select(0.0, v, own > 0 && (ACT == 1 || own < 6));
        g[start + p] = v;
      }
      sum += v;
    }
  }
  sums[t] = sum;
  for (var half = 128u; half > 0; half /= 2) {
    workgroupBarrier();
    if (t < half) { sums[t] += sums[t + half]; }
  }
  if (t == 0) { db[id.y * params.o + channel] = sums[0]; }
}
