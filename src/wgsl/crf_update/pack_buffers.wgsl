// scores: written as vectors of four
// One thread writes four labels at a time.
@group(0) @binding(2) var<storage, read_write> scores: array<vec4f>;
fn st_scores(i: u32, v: vec4f) { scores[i] = v; }
