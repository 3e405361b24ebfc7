// scores read, q written as vectors of four
// One thread moves four labels at a time.
@group(0) @binding(1) var<storage, read> scores: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> q: array<vec4f>;
fn ld_scores(i: u32) -> vec4f { return scores[i]; }
fn st_q(i: u32, x: vec4f) { q[i] = x; }
