// partial = pixels where before != after and before != other, pixels where before != other
// One thread counts a stretch of V neighbouring pixels; without ALL the pairs of before and other.
override ALL: bool;
struct Params { units: u32, length: u32 }
@group(0) @binding(0) var<storage, read> before: array<U>;
@group(0) @binding(1) var<storage, read> after: array<U>;
@group(0) @binding(2) var<storage, read> other: array<U>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec2f>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let begin = id.x * params.length;
  if (begin >= params.units) { return; }
  var changed = V(0);
  var counted = V(0);
  for (var i = begin; i < min(begin + params.length, params.units); i++) {
    var counts = V(1);
    if (!ALL) { counts = select(V(0), V(1), before[i] != other[i]); }
    counted += counts;
    changed += select(V(0), counts, before[i] != after[i]);
  }
  partial[id.x] = vec2f(total(changed), total(counted));
}
