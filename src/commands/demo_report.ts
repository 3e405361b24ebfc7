import { percent } from "../eval/percent.ts";
import { readJson } from "../files/json.ts";
import type { Ladder } from "../scpp/ladder.ts";
import type { Table } from "./compare/table.ts";
import type { EvaluationReport } from "./evaluation_report.ts";

/** Columns of the longest name in the tables. */
const NAMES = 36;

/** Ends the name of a network that is measured with the CRF on its output. */
export const WITH_CRF = ", CRF at the end";

/** The figures of the masks of each step, from the files of `seeds` and `ladder`. */
export async function maskLines(seeds: string, ladder: string): Promise<string[]> {
  const { CAM: { scores } }: Record<string, EvaluationReport> = await readJson(seeds);
  const found: Ladder = await readJson(ladder);
  const maskLine = (name: string, as: string) => {
    const row = found.rows.find((row) => row.name.startsWith(name))!;
    return line(as, row.meanIou, row.pixelAccuracy);
  };
  return [
    ...heading(`masks of the ${found.images} photographs, %`),
    line("class activation maps", scores.meanIouPresent, scores.pixelAccuracy),
    maskLine("knowledge", "random walk, the knowledge"),
    maskLine("advice", "its CRF, the advice"),
    maskLine("as refined", "refined by change prediction"),
    maskLine("as refined, exchanged", "  with knowledge and advice exchanged"),
    maskLine("random choice", "  choosing between them at random"),
    maskLine("oracle choice", "  choosing as the truth says"),
  ];
}

/**
 * The figures of the networks on new photographs, from the table of `compare`, which has each network
 * by itself and with a CRF at the end.
 */
export async function networkLines(path: string, photographs: number): Promise<string[]> {
  const [{ rows }]: Table[] = await readJson(path);
  const iou = (name: string) => rows.find((row) => row.name === name)!.meanIou.mean;
  const alone = rows.map(({ name }) => name).filter((name) => !name.endsWith(WITH_CRF));
  return [
    ...heading(`networks on ${photographs} new photographs, %`, "with CRF"),
    ...alone.map((name) => line(name, iou(name), iou(name + WITH_CRF))),
  ];
}

function heading(what: string, second = "accuracy"): string[] {
  return ["", what.padEnd(NAMES) + "  mean IoU" + second.padStart(10)];
}

function line(name: string, ...shares: readonly [number, number]): string {
  const columns = shares.map((x) => percent(x).padStart(10));
  return name.padEnd(NAMES) + columns.join("");
}
