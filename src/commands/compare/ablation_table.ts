import { percent } from "../../eval/percent.ts";
import type { Ladder } from "../../scpp/ladder.ts";
import { markdown } from "./markdown.ts";

/** The ablations of one static run. */
export interface AblationColumn {
  /** The run. */
  readonly name: string;
  /** Its ablations. */
  readonly ladder: Ladder;
}

/** What stands below the ablations. */
const facts: readonly (readonly [name: string, of: (ladder: Ladder) => number])[] = [
  ["knowledge and advice differ, % of pixels", ({ differing }) => differing],
  ["method right where one is, %", ({ choice }) => choice.method],
  ["advice right where one is, %", ({ choice }) => choice.advice],
  ["gap to the oracle closed, %", ({ gapClosed }) => gapClosed],
];

/** The ablations in Markdown: a row for each kind of mask, a column for each run. */
export function ablationText(
  title: string,
  columns: readonly AblationColumn[],
  over: readonly string[],
): string {
  const row = (
    name: string,
    of: (ladder: Ladder) => number,
  ) => [name, ...columns.map(({ ladder }) => percent(of(ladder)))];
  return [
    `${title}. Mean IoU in %, over ${over.length > 0 ? over.join(", ") : "the classes present"}.`,
    "",
    ...markdown([
      ["masks", ...columns.map(({ name }) => name)],
      ...columns[0].ladder.rows.map(({ name }, i) => row(name, ({ rows }) => rows[i].meanIouOver)),
      ...facts.map(([name, of]) => row(name, of)),
    ]),
    "",
  ].join("\n");
}
