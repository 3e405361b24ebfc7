import type { Interval } from "../../eval/interval.ts";
import { percent } from "../../eval/percent.ts";
import { OBJECT_SIZES, sizeShares } from "../../eval/size_scores.ts";
import { markdown } from "./markdown.ts";
import type { Spread, Table, TableRow } from "./table.ts";

/** A table in Markdown, in per cent, then the figures of the classes and of objects by their size. */
export function tableText({ title, classes, over, reference, rows }: Table): string {
  const compared = rows.some((row) => row.difference);
  const head = [
    "",
    "mean IoU",
    "95 %",
    ...(compared ? [`less ${reference}`, "95 %", "better"] : []),
  ];
  const body = rows.map((row) => [
    row.name,
    spread(row.meanIou),
    range(row.interval),
    ...(compared ? differenceCells(row.difference) : []),
    percent(row.pixelAccuracy),
    percent(row.boundaryIou),
  ]);
  const present = classes.filter((_, c) => rows.some(({ iou }) => iou[c] !== null));
  const byClass = rows.map(({ name, iou }) => [
    name,
    ...present.map((own) => iou[classes.indexOf(own)]).map((iou) => percent(iou)),
  ]);
  const sizes = OBJECT_SIZES.map(({ name }, i) => `${name}, ${sizeShares[i]}`);
  const bySize = rows.map((row) => [row.name, ...row.sizes.map((iou) => percent(iou))]);
  const cells = Math.max(...rows.map((row) => row.cells.length));
  return [
    `${title}. Mean IoU in %, over ${over.length > 0 ? over.join(", ") : "the classes present"}; ` +
    (cells > 1 ? `± is the standard deviation over ${cells} runs, ` : "") +
    "95 % the interval when the images are drawn again.",
    "",
    ...markdown([[...head, "pixel accuracy", "boundary IoU"], ...body]),
    "",
    "IoU of each class, %:",
    "",
    ...markdown([["", ...present], ...byClass]),
    "",
    "Mean IoU of objects by their share of the photograph, %:",
    "",
    ...markdown([["", ...sizes], ...bySize]),
    "",
  ].join("\n");
}

function differenceCells(difference: TableRow["difference"]): string[] {
  if (!difference) return ["", "", ""];
  return [
    spread(difference),
    range(difference.interval),
    `${percent(difference.better, 0)} %`,
  ];
}

/** A mean with its deviation, in per cent. */
export const spread = ({ mean, deviation }: Spread): string =>
  percent(mean) + (deviation === undefined ? "" : ` ± ${percent(deviation)}`);
/** An interval in per cent. */
export const range = ({ low, high }: Interval): string => `${percent(low)} to ${percent(high)}`;
