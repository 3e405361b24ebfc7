// Reads mutated files by every reader: `deno task fuzz [cases]`, the same cases every time. It fails
// when a reader throws what is no one-line message, takes over 2 seconds or over 500 MB.

import process from "node:process";
import { Random } from "../src/data/random.ts";
import { InputError } from "../src/files/error.ts";
import { attacks } from "../tests/fuzz/attacks.ts";
import { mutate } from "../tests/fuzz/mutate.ts";
import { Readers } from "../tests/fuzz/readers.ts";
import { seeds } from "../tests/fuzz/seeds.ts";

/** What a run of cases gave. */
export interface Outcome {
  /** How many there were. */
  readonly cases: number;
  /** How many of them were read; the others were refused. */
  readonly read: number;
  /** Those with an error that is no mistake of a user, told in one line. */
  readonly raw: readonly string[];
  /** Those that took longer than was allowed, in processor time. */
  readonly slow: readonly string[];
  /** Those that took over 500 MB. */
  readonly large: readonly string[];
  /** The longest, in seconds. */
  readonly seconds: Most;
  /** The largest, in MB. */
  readonly memory: Most;
}

/** The highest of several figures. */
interface Most {
  readonly value: number;
  readonly name: string;
}

/**
 * Reads `count` files, the attacks and the seeds first, then mutated ones; see the head of this
 * file. `allowed` is the processor time of one file in seconds.
 */
export async function fuzz(count: number, seed = 1, allowed = 2): Promise<Outcome> {
  await using readers = await Readers.open();
  const random = new Random(seed).fork("fuzz");
  const [raw, slow, large]: string[][] = [[], [], []];
  let [seconds, memory]: Most[] = [{ value: 0, name: "" }, { value: 0, name: "" }];
  let [cases, read] = [0, 0];
  const attempt = async (kind: string, file: string, bytes: Uint8Array<ArrayBuffer>) => {
    const name = `${kind}: ${file}`;
    const before = await startPeak();
    const start = process.cpuUsage(); // others may be busy on the same machine
    cases++;
    try {
      await readers.byKind.get(kind)!(bytes);
      read++;
    } catch (error) {
      const mistake = error instanceof InputError || error instanceof SyntaxError;
      const line = mistake && error.message.length < 1000 && !/[\p{Cc}\u2028]/u.test(error.message);
      if (!line) raw.push(`${name}: ${String(error).slice(0, 300)}`);
    }
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1e6;
    const grew = await peak() - before;
    if (took > allowed) slow.push(`${name}: ${took.toFixed(1)} s`);
    if (grew > 500) large.push(`${name}: ${grew.toFixed(0)} MB`);
    if (took > seconds.value) seconds = { value: took, name };
    if (grew > memory.value) memory = { value: grew, name };
  };
  for (const { name, kinds, bytes } of attacks) {
    const made = bytes();
    for (const kind of kinds) await attempt(kind, name, made);
  }
  const files = await seeds();
  for (const { name, kinds, bytes } of files) {
    for (const kind of kinds) await attempt(kind, name, bytes);
  }
  while (cases < count) {
    const { name, kinds, bytes } = files[random.integer(files.length)];
    const other = files[random.integer(files.length)].bytes;
    const kind = kinds[random.integer(kinds.length)];
    await attempt(kind, `${name}, case ${cases}`, mutate(bytes, other, random));
  }
  return { cases, read, raw, slow, large, seconds, memory };
}

/** Begins to measure the most memory; what the process has now, in MB. */
async function startPeak(): Promise<number> {
  await Deno.writeTextFile("/proc/self/clear_refs", "5", { create: false }).catch(() => {});
  return await peak();
}

/** The most memory since the last beginning, in MB; where the system does not say, that of now. */
async function peak(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const most = /VmHWM:\s*(\d+) kB/.exec(status)?.[1];
  return most === undefined ? Deno.memoryUsage().rss / 1e6 : Number(most) / 1000;
}

if (import.meta.main) {
  const start = performance.now();
  const { cases, read, raw, slow, large, seconds, memory } = await fuzz(
    Number(Deno.args[0] ?? 20_000),
    Number(Deno.args[1] ?? 1),
  );
  for (const line of [...raw, ...slow, ...large]) console.log(line);
  const took = (performance.now() - start) / 1000;
  console.log(`${cases} cases in ${took.toFixed(0)} s: ${read} read, ${cases - read} refused`);
  console.log(`${raw.length} raw errors, ${slow.length} over 2 s, ${large.length} over 500 MB`);
  console.log(`Longest ${seconds.value.toFixed(2)} s, ${seconds.name}`);
  console.log(`Largest ${memory.value.toFixed(0)} MB, ${memory.name}`);
  Deno.exit(raw.length + slow.length + large.length > 0 ? 1 : 0);
}
