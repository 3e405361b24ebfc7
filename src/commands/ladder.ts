import { join } from "@std/path";
import * as z from "zod";
import { writeJson } from "../files/json.ts";
import { InputError } from "../files/error.ts";
import { percent } from "../eval/percent.ts";
import { readMask } from "../data/masks/mask.ts";
import { Random } from "../data/random.ts";
import { viewMaps } from "../data/images/resize.ts";
import { type Command, command } from "../options/command.ts";
import { readChanges } from "../scpp/changes.ts";
import { collapseFlags } from "../scpp/integration.ts";
import { AblationCounts, type Ladder } from "../scpp/ladder.ts";
import type { Pair } from "../scpp/pairs.ts";
import type { AblationInput } from "../scpp/ablations.ts";
import { runPairs } from "../scpp/run_pairs.ts";

const config = z.strictObject({
  run: z.string().describe("Folder of a run of `train static` that `refine` was given"),
  changes: z.string().optional().describe("Folder of its change logits; RUN/changes by default"),
  over: z.array(z.string()).default([])
    .describe("Classes to average over besides all that are present, comma separated"),
  out: z.string().optional().describe("JSON file for the table; RUN/ladder.json by default"),
});

/** Prints knowledge, CRF, refined, the sweep of biases and the ablations; void is background. */
export const ladder: Command<typeof config> = command({
  name: "ladder",
  summary: "Print the ablations of a refinement, by the truth: which part of it brings the gain",
  example: "ladder --run runs/a --over background,cat,dog",
  config,
  async run(
    { run, changes = join(run, "changes"), over, out = join(run, "ladder.json") },
    context,
  ) {
    const { classes, list, data, collapseThreshold } = await runPairs(run, context);
    const unknown = over.find((name) => !classes.includes(name));
    if (unknown) {
      throw new InputError(
        `Cannot average over ${unknown}: the classes are ${classes.join(", ")}.`,
      );
    }
    const kinds = await readKinds(join(data, "kinds.jsonl"));
    const counts = new AblationCounts(classes.length, kinds);
    const display = context.progress("ladder", list.length);
    for (const [i, pair] of list.entries()) {
      context.signal.throwIfAborted();
      counts.add(pair.id, await inputOf(pair, changes, classes.length, collapseThreshold));
      display.update(i + 1);
    }
    display.done();
    const result = counts.result(classes, over.map((name) => classes.indexOf(name)), list.length);
    await writeJson(out, result);
    for (const line of ladderLines(result, over)) context.log(line);
  },
});

async function inputOf(
  pair: Pair,
  changes: string,
  classes: number,
  threshold: number,
): Promise<AblationInput> {
  const [K, A, truth] = await Promise.all(
    [pair.knowledge, pair.advice, pair.truth].map((path) => readMask(path, { classes })),
  );
  const maps = await readChanges(changes, pair.id);
  const { data } = viewMaps(maps, { width: K.width, height: K.height });
  return {
    knowledge: K.data,
    advice: A.data,
    fromK: data.subarray(0, K.data.length),
    fromA: data.subarray(K.data.length),
    flags: collapseFlags(K.data, A.data, pair.labels, classes, { threshold }),
    truth: truth.data,
    random: new Random("random choice").fork(pair.id),
  };
}

async function readKinds(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return new Map(
    text.split("\n").filter(Boolean).map((line) => {
      const { id, ...flags } = JSON.parse(line);
      return [id, Object.keys(flags).filter((kind) => flags[kind])];
    }),
  );
}

/** The table as lines of text, in per cent. */
export function ladderLines(ladder: Ladder, over: readonly string[] = []): string[] {
  const chosen = over.length > 0;
  const row = (name: string, cells: readonly string[]) => [name.padEnd(22), ...cells].join(" ");
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
