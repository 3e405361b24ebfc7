// y[i] = act(v + bias[channel]) for the first `count` of four i
// The store of a product for rows of any length, number by number.
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn put_four(i: vec4u, channel: u32, count: u32, value: vec4f) {
  let v = finished(channel, value);
  y[i.x] = v.x;
  if (count > 1) { y[i.y] = v.y; }
  if (count > 2) { y[i.z] = v.z; }
  if (count > 3) { y[i.w] = v.w; }
}
