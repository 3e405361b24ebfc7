// V = one float, U = one integer
// Declarations only: joined in front of a kernel whose thread then handles one element.
alias V = f32;
alias U = u32;
const LANES = 1u;
fn total(v: V) -> f32 { return v; }
fn lane(v: V, j: u32) -> V { return v; }
