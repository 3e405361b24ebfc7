import { join } from "@std/path";
import * as z from "zod";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { parseJson, writeJson } from "../files/json.ts";
import { outputFile } from "../files/output_file.ts";
import { linesOf, readText } from "../files/read_bytes.ts";
import { type Command, command } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { AblationCounts } from "../scpp/ablation_counts.ts";
import { readAblationInput } from "../scpp/ablation_input.ts";
import { readRefined, type RefinedNote } from "../scpp/changes.ts";
import { type Choice, STATIC_BIASES } from "../scpp/integration.ts";
import { folderOfPairs, runPairs } from "../scpp/run_pairs.ts";
import { chartPath, ladderChart } from "./figure_charts.ts";
import { ladderLines } from "./ladder_report.ts";

const config = z.strictObject({
  run: z.string().describe("Folder of a run of train static that refine was given"),
  changes: z.string().optional().describe(
    "Folder of the change logits, ID.npy; RUN/changes by default",
  ),
  over: z.array(z.string()).default([])
    .describe("Classes to average over besides all that are present, comma separated"),
  out: output(
    z.string().optional().describe("JSON file for the table; RUN/ladder.json by default"),
    "file",
  ),
});

/** Prints knowledge, CRF, refined, the sweep of biases and the ablations; void is background. */
export const ladder: Command<typeof config> = command({
  name: "ladder",
  summary: "Print the ablations of a refinement, by the truth: which part of it brings the gain.",
  example: "ladder --run runs/a --over background,cat,dog",
  config,
  json: true,
  async writes({ run, out }) {
    return [await folderOfPairs(run), ...(out === undefined ? [run] : [])];
  },
  async run(
    { run, changes = join(run, "changes"), over, out = join(run, "ladder.json") },
    context,
  ) {
    const refined = await readRefined(changes);
    const { classes, list, data, collapseThreshold, advisers } = await runPairs(
      run,
      context,
      { refined },
    );
    const unknown = over.find((name) => !classes.includes(name));
    if (unknown) {
      throw new InputError(
        `Cannot average over ${unknown}: the classes are ${
          classes.join(", ")
        }. Name some of these.`,
      );
    }
    await outputFile(out);
    const kinds = await readKinds(join(data, "kinds.jsonl"));
    const counts = new AblationCounts(classes.length, kinds, advisers, chosenOf(refined));
    const display = context.progress("ladder", list.length);
    for (const [i, pair] of list.entries()) {
      context.signal.throwIfAborted();
      const input = await readAblationInput(pair, changes, classes.length, collapseThreshold);
      counts.add(pair.id, input);
      display.update(i + 1);
    }
    display.done();
    const result = counts.result(classes, over.map((name) => classes.indexOf(name)), list.length);
    for (const line of ladderLines(result, over)) context.log(line);
    context.result?.(result);
    await writeJson(out, result);
    await writeAtomic(chartPath(out), ladderChart(result));
  },
});

/** How masks were refined, where that is not as published. */
function chosenOf(refined: RefinedNote | undefined): Choice | undefined {
  if (refined === undefined) return undefined;
  const { differenceBias: difference, backgroundBias: background, flagWeight: flag } = refined;
  const { protects } = refined;
  const same = difference === STATIC_BIASES.difference && background === STATIC_BIASES.background;
  if (same && flag === 1 && protects === undefined) return undefined;
  return { difference, background, flag, protects };
}

/** What makes each photograph hard, where the set says it. */
async function readKinds(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  if (!await isFile(path)) return new Map();
  const lines = linesOf(await readText(path)).map((line) => line.trim());
  return new Map(
    lines.flatMap((line, i) => {
      if (line === "") return [];
      try {
        const { id, ...flags } = Object(parseJson(line));
        return [[String(id), Object.keys(flags).filter((kind) => flags[kind])]];
      } catch (cause) {
        throw new InputError(
          `Cannot use line ${i + 1} of ${path}: ${(cause as Error).message}. Make the set again.`,
          { cause },
        );
      }
    }),
  );
}
