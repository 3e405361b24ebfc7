// y[i] = act(v + bias[channel]) for four neighbouring i; y[i] is added where ADD
// The store of a product whose rows are whole quads, one quad at a time.
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

fn put_four(i: vec4u, channel: u32, count: u32, value: vec4f) {
  var v = finished(channel, value);
  if (ADD) { v += y[i.x / 4]; }
  y[i.x / 4] = v;
}
