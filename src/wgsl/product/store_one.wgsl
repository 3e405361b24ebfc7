// y[i] = act(v + bias[channel]) for the first `count` of four i; y[i] is added where ADD
// The store of a product for rows of any length, number by number.
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

fn put_four(i: vec4u, channel: u32, count: u32, value: vec4f) {
  let v = finished(channel, value);
  put_one(i.x, v.x);
  if (count > 1) { put_one(i.y, v.y); }
  if (count > 2) { put_one(i.z, v.z); }
  if (count > 3) { put_one(i.w, v.w); }
}

fn put_one(i: u32, value: f32) {
  var v = value;
  if (ADD) { v += y[i]; }
  y[i] = v;
}
