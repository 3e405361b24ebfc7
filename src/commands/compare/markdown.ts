/** Rows of cells as a table of Markdown, whose columns are as wide as their cells. */
export function markdown(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, c) => Math.max(3, ...rows.map((row) => row[c].length)));
  const line = (cells: readonly string[], pad = " ") =>
    `| ${
      cells.map((cell, c) => c ? cell.padStart(widths[c], pad) : cell.padEnd(widths[c], pad)).join(
        " | ",
      )
    } |`;
  const rule = line(widths.map((_, c) => c ? ":" : ""), "-");
  return [line(rows[0]), rule, ...rows.slice(1).map((row) => line(row))];
}
