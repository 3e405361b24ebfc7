// A comparison over a set of four photographs, with commands that train nothing.
import { existsSync } from "node:fs";
import { join } from "@std/path";
import { compareWith } from "../src/commands/compare/compare.ts";
import { compareConfig } from "../src/commands/compare/config.ts";
import type { Steps } from "../src/commands/compare/setup.ts";
import type { Table } from "../src/commands/compare/table.ts";
import { ladder } from "../src/commands/ladder.ts";
import { refine } from "../src/commands/refine.ts";
import { segment } from "../src/commands/segment.ts";
import { synth } from "../src/commands/synth.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { trainDynamic } from "../src/commands/train_dynamic.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { writeImage } from "../src/data/images/image.ts";
import { type Mask, writeMask } from "../src/data/masks/mask.ts";
import { writeJson } from "../src/files/json.ts";
import type { Command, Context } from "../src/options/command.ts";

const [width, height] = [10, 4];

/** A mask whose first `columns` are class 1. */
function mask(columns: number): Mask {
  const data = Uint8Array.from({ length: width * height }, (_, i) => i % width < columns ? 1 : 0);
  return { width, height, data };
}

/** A command that was called. */
export interface Call {
  /** Its name. */
  readonly name: string;
  /** Its options. */
  readonly options: Record<string, unknown>;
}

/** What the fake networks predict, by what they were trained on or with. */
const columnsOf = (options: Record<string, unknown>): number => {
  if ("seedMasks" in options) return 5; // the truth
  if (options.loss !== "ce") return 10;
  if (options.masks === undefined) return 4; // what is certain alone
  const folder = String(options.masks).split("/").at(-1)!;
  return { knowledge: 8, advice: 7, refined: 6, SegmentationClass: 5 }[folder]! +
    Number(options.seed) % 2;
};

/** Commands that note that they were called; what they write follows from their options. */
function fakeSteps(calls: Call[], fail?: (call: Call) => boolean): Steps {
  const fake = (
    command: Command,
    work: (options: Record<string, unknown>) => Promise<void>,
  ): Command => ({
    ...command,
    async run(options) {
      const call = { name: command.name, options: options as Record<string, unknown> };
      calls.push(call);
      if (fail?.(call)) throw new Error("the power fails");
      await work(call.options);
    },
  });
  const train = async (options: Record<string, unknown>) => {
    await Deno.mkdir(String(options.out), { recursive: true });
    const note = { columns: columnsOf(options), epochs: options.epochs };
    await Deno.writeTextFile(join(String(options.out), "note.json"), JSON.stringify(note));
  };
  const writeAll = async (ids: string[], out: unknown, columns: number) => {
    for (const id of ids) await writeMask(join(String(out), `${id}.png`), mask(columns));
  };
  return {
    synth,
    trainClassifier: fake(trainClassifier, () => Promise.resolve()),
    trainStatic: fake(trainStatic, () => Promise.resolve()),
    refine: fake(refine, ({ out }) => writeAll(["a", "b"], out, 6)),
    ladder: fake(ladder, async ({ run }) => {
      const rows = [["knowledge", 0.25], ["oracle choice", 0.5]];
      const ladder = {
        rows: rows.map(([name, meanIouOver]) => ({ name, meanIouOver })),
        ...{ differing: 0.1, choice: { method: 0.2, advice: 0.3 }, gapClosed: -0.4 },
      };
      await writeJson(join(String(run), "ladder.json"), ladder);
    }),
    trainSegmenter: fake(trainSegmenter, train),
    trainDynamic: fake(trainDynamic, train),
    segment: fake(segment, async ({ run, out, crfIterations }) => {
      const { columns } = JSON.parse(await Deno.readTextFile(join(String(run), "note.json")));
      // As the command itself, it keeps masks that are there.
      const missing = ["c", "d"].filter((id) => !existsSync(join(String(out), `${id}.png`)));
      await writeAll(missing, out, crfIterations === 4 ? columns - 1 : columns);
    }),
  };
}

/** Runs a comparison on the set with these options; `fail` says which call fails. */
export type Run = (
  options: object,
  fail?: (call: Call) => boolean,
) => Promise<{ calls: Call[]; tables: Table[]; lines: string[] }>;

/** A set of two photographs to train on and two to test on, the left half of each of class 1. */
export async function inSet(test: (run: Run, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const at = (...parts: string[]) => join(folder, ...parts);
  const image = { width, height, data: new Uint8Array(3 * width * height) };
  for (const id of ["a", "b", "c", "d"]) {
    await writeImage(at("JPEGImages", `${id}.png`), image);
    await writeMask(at("SegmentationClass", `${id}.png`), mask(5));
    const knowledge = mask(8);
    knowledge.data[9] = 255; // counts as the background that it is
    await writeMask(at("knowledge", `${id}.png`), knowledge);
    await writeMask(at("advice", `${id}.png`), mask(7));
  }
  await Deno.mkdir(at("ImageSets", "Segmentation"), { recursive: true });
  await Deno.writeTextFile(at("ImageSets", "Segmentation", "train.txt"), "a\nb\n");
  await Deno.writeTextFile(at("ImageSets", "Segmentation", "val.txt"), "c\nd\n");
  await Deno.writeTextFile(at("image_labels.txt"), "a thing\nb thing\nc thing\nd thing\n");
  const run: Run = async (options, fail) => {
    const calls: Call[] = [];
    const lines: string[] = [];
    const context: Context = {
      device: () => Promise.reject(new Error("no device is needed")),
      progress: () => ({ update() {}, done() {} }),
      log: (line) => lines.push(line),
      signal: new AbortController().signal,
    };
    const given = { data: folder, knowledge: at("knowledge"), advice: [at("advice")] };
    const config = compareConfig.parse({
      ...{ ...given, out: at("out"), seeds: [1, 2], resamples: 20, epochs: 3 },
      ...options,
    });
    await compareWith(fakeSteps(calls, fail), config, context);
    return { calls, lines, tables: JSON.parse(await Deno.readTextFile(at("out", "table.json"))) };
  };
  try {
    await test(run, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
