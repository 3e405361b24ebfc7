// looked_up(i) = table[i]
// Declarations only.
fn looked_up(i: U) -> V { return table[i]; }
