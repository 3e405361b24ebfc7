/** One row of a table: its cells by the heads of their columns. */
export type Cells = Readonly<Record<string, string | number | undefined>>;

/** A Markdown table whose columns are as wide as their cells; all but the first stand at the right. */
export function table(rows: readonly Cells[]): string {
  const heads = Object.keys(rows[0] ?? {});
  const wide = heads.map((head) =>
    Math.max(3, head.length, ...rows.map((row) => `${row[head] ?? ""}`.length))
  );
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((cell, i) => pad(`${cell ?? ""}`, wide[i], i)).join(" | ")} |`;
  return [
    line(heads),
    `| ${wide.map((n, i) => "-".repeat(n - 1) + (i === 0 ? "-" : ":")).join(" | ")} |`,
    ...rows.map((row) => line(heads.map((head) => row[head]))),
  ].join("\n");
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

/** A number to three figures. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}
