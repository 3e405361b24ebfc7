import { percent } from "../eval/percent.ts";
import type { Ladder } from "../scpp/ladder.ts";

/** The table as lines of text, in per cent. */
export function ladderLines(ladder: Ladder, over: readonly string[] = []): string[] {
  const chosen = over.length > 0;
  const width = Math.max(22, ...ladder.rows.map(({ name }) => name.length));
  const row = (name: string, cells: readonly string[]) => [name.padEnd(width), ...cells].join(" ");
  return [
    row("%", ["  mean IoU", ...(chosen ? [`over ${over.length}`.padStart(10)] : []), "  accuracy"]),
    ...ladder.rows.map(({ name, meanIou, meanIouOver, pixelAccuracy }) =>
      row(name, [
        cell(meanIou),
        ...(chosen ? [cell(meanIouOver)] : []),
        cell(pixelAccuracy),
      ])
    ),
    "",
    `${ladder.images} photographs; knowledge and advice differ in ` +
    `${percent(ladder.differing)} % of the pixels.`,
    `Where they differ and one is right, the method is in ${
      percent(ladder.choice.method)
    } %, the advice in ${percent(ladder.choice.advice)} %; the method closes ${
      percent(ladder.gapClosed)
    } % of the gap to the oracle.`,
    ...kindLines(ladder.kinds),
  ];
}

function cell(share: number): string {
  return percent(share).padStart(10);
}

/** Mean IoU by what makes a picture hard, where the set says it. */
function kindLines(kinds: Ladder["kinds"]): string[] {
  const lines = Object.entries(kinds).map(([kind, values]) =>
    [`  ${kind}`.padEnd(22), ...values.map(cell)].join(" ")
  );
  return lines.length === 0
    ? []
    : ["", "mean IoU by kind        knowledge     advice     method", ...lines];
}
