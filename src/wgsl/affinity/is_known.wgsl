// Whether a label of the columns from..to of a row is not 255
// What lies outside the row counts as 255.
fn isKnown(row: u32, first: i32, end: i32, width: u32) -> bool {
  var known = false;
  for (var x = max(first, 0); x < min(end, i32(width)); x++) {
    known = known || labels[row + u32(x)] != 255u;
  }
  return known;
}
