// Decisions for tests.
import { type Choice, type Decision, runsOf } from "../src/data/decisions/decision.ts";

/** A decision by which the pixels `u` of a photograph for which `has(u)` get a class. */
export function decision(
  photograph: string,
  size: [width: number, height: number],
  [index, name]: readonly [number, string],
  has: (u: number) => boolean,
  { choice = "advice" as Choice, reviewer = "anna", x = 0 } = {},
): Decision {
  const region = { x, y: 0, width: 1, height: 1, area: 1, knowledge: 0, advice: 1 };
  const labels = [{ class: index, name, runs: runsOf(size[0] * size[1], has) }];
  const time = "2026-01-02T03:04:05.000Z";
  return { photograph, size, region, choice, labels, time, reviewer };
}

/** The text of a file of decisions. */
export function linesOf(...decisions: readonly Decision[]): string {
  return decisions.map((line) => JSON.stringify(line) + "\n").join("");
}
