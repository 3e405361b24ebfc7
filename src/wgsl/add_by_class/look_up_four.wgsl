// looked_up(i) = table[i], four at a time
// Declarations only.
fn looked_up(i: U) -> V { return V(table[i.x], table[i.y], table[i.z], table[i.w]); }
