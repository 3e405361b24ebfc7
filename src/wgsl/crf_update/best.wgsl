// bytes of labels[p / 4] = argmax over c of q[p, c], the smallest c of equals
// One thread finds the labels of four pixels, one word.
override GROUPS: u32;
struct Params { pixels: u32, words: u32 }
@group(0) @binding(0) var<storage, read_write> labels: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> q: array<vec4f>;
fn ld_q(i: u32) -> vec4f { return q[i]; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= params.words) { return; }
  var word = 0u;
  for (var k = 0u; k < 4u; k++) {
    let p = min(4u * i + k, params.pixels - 1u);
    var best = -1.0;
    var label = 0u;
    for (var g = 0u; g < GROUPS; g++) {
      let four = ld_q(p * GROUPS + g);
      for (var c = 0u; c < 4u; c++) {
        if (four[c] > best) {
          best = four[c];
          label = 4u * g + c;
        }
      }
    }
    word |= label << (8u * k);
  }
  labels[i] = word;
}
