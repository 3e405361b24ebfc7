import { InputError } from "../../files/error.ts";
import { parseJson } from "../../files/json.ts";
import { readBytes } from "../../files/read_bytes.ts";
import { type Decision, decisionSchema, keyOf } from "./decision.ts";

/** What a file of decisions says. */
export interface Decisions {
  /** Every whole line, in its order. */
  readonly all: readonly Decision[];
  /** Those that stand: without what was undone, in their order. */
  readonly standing: readonly Decision[];
}

/**
 * Reads decisions, one JSON object a line. A last line without its end was being written when the
 * program died; it is left out.
 *
 * @throws {InputError} naming the file and the line when one is damaged.
 */
export async function readDecisions(path: string): Promise<Decisions> {
  const bytes = await readBytes(path);
  // Its end may lie within a letter.
  const text = new TextDecoder().decode(bytes.subarray(0, bytes.lastIndexOf(10) + 1));
  const all = text.split("\n").slice(0, -1)
    .flatMap((line, i) => line.trim() === "" ? [] : [parse(line, `${path}, line ${i + 1}`)]);
  return { all, standing: standingOf(all) };
}

function parse(line: string, where: string): Decision {
  const refuse = (reason: string) =>
    new InputError(`Cannot read the decisions ${where}: ${reason}. Restore or delete that line.`);
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const read = decisionSchema.safeParse(value);
  if (!read.success) {
    const [{ path, message }] = read.error.issues;
    throw refuse(`${path.join(".") || "it"}: ${message}`);
  }
  const [width, height] = read.data.size;
  for (const { runs } of read.data.labels) {
    const inside = runs.length % 2 === 0 &&
      runs.every((value, i) => i % 2 === 1 || value + runs[i + 1] <= width * height);
    if (!inside) throw refuse(`its runs leave the photograph of ${width} x ${height}`);
  }
  return read.data;
}

/** An undo takes back the last standing decision of its reviewer about its region. */
export function standingOf(all: readonly Decision[]): Decision[] {
  const standing: Decision[] = [];
  for (const decision of all) {
    if (decision.choice !== "undo") {
      standing.push(decision);
      continue;
    }
    const key = keyOf(decision);
    const at = standing.findLastIndex((other) =>
      other.reviewer === decision.reviewer && keyOf(other) === key
    );
    if (at >= 0) standing.splice(at, 1);
  }
  return standing;
}
