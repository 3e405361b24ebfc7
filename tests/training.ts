// What tests of trainings share: one device, a small set, stops, comparisons of runs.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../src/files/error.ts";
import { Device } from "../src/gpu/mod.ts";
import type { Context } from "../src/options/command.ts";
import { synth } from "../src/commands/synth.ts";
import { isUnderstood } from "./understood.ts";

// One device for all: its pipelines are compiled once.
/** The device of all tests. */
export const device = await Device.open();
globalThis.addEventListener("unload", () => device[Symbol.dispose]());

/** Columns and rows of the photographs of {@linkcode inFolder}. */
export const [WIDTH, HEIGHT] = [40, 33];

/** What a command may do to the tests, and they to it. */
export interface Watch {
  /** Called at each progress; may throw. */
  update?(label: string, done: number): void;
  /** Called when the device is asked for. */
  opening?(): Promise<void>;
  readonly signal?: AbortSignal;
  readonly lines?: string[];
}

/** What a command may ask for, watched. */
export function contextOf({ update, opening, signal, lines }: Watch = {}): Context {
  return {
    async device() {
      await opening?.();
      return device;
    },
    progress: (label) => ({ update: (done) => update?.(label, done), done() {} }),
    log: (line) => isUnderstood(line) || lines?.push(line),
    signal: signal ?? new AbortController().signal,
  };
}

/** Stops a command as Ctrl-C does, when `label` has done `at` items. */
export function stopping(label: string, at: number): Watch {
  const abort = new AbortController();
  return {
    signal: abort.signal,
    update: (own, done) => {
      if (own === label && done >= at) abort.abort(new DOMException("Stopped", "AbortError"));
    },
  };
}

/** A folder with a synthetic set of eight photographs, and places for runs. */
export async function inFolder(
  test: (at: (...path: string[]) => string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const at = (...path: string[]) => join(folder, ...path);
  const sizes = { imageWidth: WIDTH, imageHeight: HEIGHT, classCount: 2 };
  try {
    await synth.run(
      synth.config.parse({ out: at("set"), train: 8, val: 0, ...sizes }),
      contextOf(),
    );
    await test(at);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Names of files inside the folder of a test. */
export type At = (...path: string[]) => string;

/** The photographs of {@linkcode inFolder}. */
export const ids = Array.from({ length: 8 }, (_, i) => `train_0000${i}`);
/** The names in a folder, sorted. */
export const names = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();
/** The bytes of a file. */
export const bytes = (...path: [string, ...string[]]) => Deno.readFile(join(...path));
/** The lines of metrics of a run, but for the time. */
export const metrics = (run: string) =>
  Deno.readTextFileSync(join(run, "metrics.jsonl")).trim().split("\n").filter(Boolean).map(
    (line) => {
      const { secondsPerStep: _, ...rest } = JSON.parse(line);
      return rest;
    },
  );

/** Two runs have the same checkpoints, metrics and previews. */
export async function assertSame(a: string, b: string): Promise<void> {
  for (const folder of ["checkpoints", "previews"]) {
    assertEquals(names(join(a, folder)), names(join(b, folder)));
    for (const name of names(join(a, folder))) {
      const same = await Promise.all([a, b].map((run) => bytes(run, folder, name)));
      assertEquals(same[0], same[1], name);
    }
  }
  assertEquals(metrics(a), metrics(b));
}

/** The one line with which something is refused. */
export const message = async (promise: Promise<unknown>): Promise<string> => {
  const error = await assertRejects(() => promise, InputError);
  assert(!error.message.includes("\n"), "one line");
  return error.message;
};
