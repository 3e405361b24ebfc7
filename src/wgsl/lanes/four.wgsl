// V = four neighbouring floats, U = four neighbouring integers
// Declarations only: joined in front of a kernel whose thread then handles four elements.
alias V = vec4f;
alias U = vec4u;
const LANES = 4u;
fn total(v: V) -> f32 { return (v.x + v.y) + (v.z + v.w); }
fn lane(v: V, j: u32) -> V { return V(v[j]); }
