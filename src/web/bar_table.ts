import { type Content, html, type Markup } from "./html.ts";

/** What stands in a cell: text, a number with how it is written, or a bar of a share 0..1. */
export type Cell = Content | { readonly text: string; readonly share?: number | null };

/** A table of rows with a name each. */
export interface BarTable {
  /** What it tells, above it. */
  readonly caption: Content;
  /** The headings of all columns, that of the names first. */
  readonly head: readonly string[];
  /** The rows: a name, then its cells. */
  readonly rows: readonly (readonly [name: Content, ...cells: Cell[]])[];
}

/** A table whose numbers may have bars behind them, so that it is a chart as well. */
export function barTable({ caption, head, rows }: BarTable): Markup {
  return html`
    <div class="scroll">
      <table class="bars">
        <caption><span>${caption}</span></caption>
        <thead>
          <tr>${head.map((name, c) =>
            html`<th scope="col" class="${c > 0 && "number"}">${name}</th>`
          )}</tr>
        </thead>
        <tbody>${rows.map(([name, ...cells]) =>
          html`
            <tr><th scope="row">${name}</th>${cells.map(cellOf)}</tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

function cellOf(cell: Cell): Markup {
  if (typeof cell !== "object" || cell === null || !("text" in cell)) {
    return html`<td class="number">${cell}</td>`;
  }
  const { text, share } = cell;
  if (share === undefined || share === null || !Number.isFinite(share)) {
    return html`<td class="number">${text}</td>`;
  }
  const width = (100 * Math.min(1, Math.max(0, share))).toFixed(1);
  return html`<td class="number bar" style="--share: ${width}%">${text}</td>`;
}
