// partial = pixels where before != after and before != other, pixels where before != other
// T threads of a workgroup count a stretch, V neighbouring pixels at a time; without ALL the pairs of before
// and other. ALONE: the stretch is all there is, and the first number is the ratio.
override WG: u32 = 256;
override T: u32 = 256; // a power of two; 1 on software drivers
override ALL: bool;
override ALONE: bool;
struct Params { units: u32, length: u32 }
@group(0) @binding(0) var<storage, read> before: array<U>;
@group(0) @binding(1) var<storage, read> after: array<U>;
@group(0) @binding(2) var<storage, read> other: array<U>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec2f>;
@group(0) @binding(4) var<uniform> params: Params;
alias Sums = vec2f;
var<workgroup> shared_sums: array<vec2f, 256>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let stretch = id.x * (WG / T) + local / T;
  let begin = stretch * params.length;
  let end = min(begin + params.length, params.units);
  var changed = V(0);
  var counted = V(0);
  for (var i = begin + local % T; i < end; i += T) {
    var counts = V(1);
    if (!ALL) { counts = select(V(0), V(1), before[i] != other[i]); }
    counted += counts;
    changed += select(V(0), counts, before[i] != after[i]);
  }
  var sums = added(vec2f(total(changed), total(counted)), local);
  if (ALONE) { sums.x = select(0.0, sums.x / sums.y, sums.y > 0); }
  if (local % T == 0 && begin < params.units) { partial[stretch] = sums; }
}
