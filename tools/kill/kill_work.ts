import { dirname } from "@std/path";
import type { Random } from "../../src/data/random.ts";
import { type Contents, contentsOf, differing, undecodable } from "./tree.ts";
import type { Work } from "./works.ts";
import type { Ending, Workplace } from "./workplace.ts";

/** What became of a command that was killed at some moments. */
export interface Outcome {
  /** How often it was killed. */
  readonly killed: number;
  /** Seconds of the undisturbed run. */
  readonly seconds: number;
  /** What was not right. */
  readonly faults: readonly string[];
}

/**
 * Runs a command undisturbed in one place. In another it is begun `moments` times, killed when some of
 * its files have changed, sometimes once more, and finished by the same command line.
 *
 * After each kill everything must be decodable, afterwards all files as in the undisturbed place.
 */
export async function killWork(
  work: Work,
  [whole, disturbed]: readonly [Workplace, Workplace],
  moments: number,
  random: Random,
): Promise<Outcome> {
  const { name, line, before, outputs } = work;
  const different = await differences(whole, disturbed); // faults of earlier works, told already
  if (before) await mustSucceed(whole, before);
  const { changes, seconds } = await mustSucceed(whole, line);
  const faults: string[] = [];
  let killed = 0;
  for (let i = 0; i < Math.max(1, moments); i++) {
    await disturbed.remove(outputs);
    if (before) await mustSucceed(disturbed, before);
    const old = before && await contentsOf(disturbed.path);
    const kills = moments === 0 ? 0 : random.next() < 0.25 ? 2 : 1;
    const told: string[] = [];
    for (let k = 0; k < kills; k++) {
      const moment = {
        changes: 1 + random.integer(changes),
        later: random.next() * seconds / changes,
      };
      const { code, said } = await disturbed.run(line, moment);
      if (code === undefined) killed++;
      else if (code !== 0) told.push(`ended with status ${code}: ${said}`);
      const bad = await undecodable(disturbed.path);
      told.push(...bad.map((path) => `cannot be decoded after ${moment.changes} changes: ${path}`));
      if (old) told.push(...halfReplaced(old, await contentsOf(disturbed.path)));
    }
    const { code, said } = await disturbed.run(line);
    if (code !== 0) told.push(`cannot be finished: ${said}`);
    const other = (await differences(whole, disturbed)).filter((path) => !different.includes(path));
    if (other.length > 0) told.push(`ends otherwise: ${other.join(", ")}`);
    faults.push(...told.map((fault) => `${name}, ${i + 1}: ${fault}`));
  }
  return { killed, seconds, faults };
}

async function differences(a: Workplace, b: Workplace): Promise<readonly string[]> {
  return differing(await contentsOf(a.path), await contentsOf(b.path));
}

/** What is missing or changed of runs whose config.json is still the one of the run before. */
function halfReplaced(old: Contents, now: Contents): string[] {
  const runs = [...old.keys()].filter((path) => /\/config\.json$/.test(path))
    .filter((path) => now.get(path) === old.get(path)).map((path) => dirname(path));
  return differing(old, now)
    .filter((path) => old.has(path) && runs.some((run) => path.startsWith(`${run}/`)))
    .map((path) => `is half replaced: ${path}`);
}

/** Runs a command line to its end. Throws Error when it fails. */
export async function mustSucceed(place: Workplace, line: string): Promise<Ending> {
  const ending = await place.run(line);
  if (ending.code === 0) return ending;
  throw new Error(`Cannot run "${line}": ${ending.said}`);
}
