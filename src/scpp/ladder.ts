import { join } from "@std/path";
import * as z from "zod";
import { writeAtomic } from "../data/atomic.ts";
import { InputError } from "../data/error.ts";
import { readMask } from "../data/mask.ts";
import { Random } from "../data/random.ts";
import { viewMaps } from "../data/resize.ts";
import { accumulate, type Confusion, confusion } from "../eval/confusion.ts";
import { scores } from "../eval/scores.ts";
import { readRun } from "../pipeline/run.ts";
import { type Stage, stage } from "../pipeline/stage.ts";
import { readChanges } from "./changes.ts";
import { collapsedClasses } from "./integration.ts";
import { makePairs, type Pair } from "./pairs.ts";
import { type Ingredients, METHOD, RUNGS } from "./rungs.ts";
import { readStaticConfig } from "./static_config.ts";

const config = z.strictObject({
  run: z.string().describe("Folder of a run of `train static` that `refine` was given"),
  changes: z.string().optional().describe("Folder of its change logits; RUN/changes by default"),
  over: z.array(z.string()).default([])
    .describe("Classes to average over besides all that are present, comma separated"),
  out: z.string().optional().describe("JSON file for the table; RUN/ladder.json by default"),
});

/** Figures of one rung, 0..1. */
export interface LadderRow {
  readonly name: string;
  /** Mean IoU over the classes in truth or masks. */
  readonly meanIou: number;
  /** Mean IoU over the chosen classes; all that are present where none were. */
  readonly meanIouOver: number;
  readonly pixelAccuracy: number;
  /** IoU of each class. */
  readonly iou: readonly number[];
}

/** What a run's masks are worth, measured against the truth. */
export interface Ladder {
  readonly images: number;
  readonly classes: readonly string[];
  readonly rows: readonly LadderRow[];
  /** Share of all pixels where knowledge and advice differ. */
  readonly differing: number;
  /** Where they differ and one is right: how often the method, and the advice, is. */
  readonly choice: { readonly method: number; readonly advice: number };
  /** (method - better input) / (oracle - better input), in mean IoU over the chosen classes. */
  readonly gapClosed: number;
  /** Mean IoU of knowledge, advice and method by kind of failure, where the set names kinds. */
  readonly kinds: Readonly<Record<string, readonly [number, number, number]>>;
}

/** Prints knowledge, CRF, refined, the sweep of biases and the ablations; void is background. */
export const ladder: Stage<typeof config> = stage({
  command: "ladder",
  summary: "Compare refined masks with both inputs and with ablations, by the truth",
  example: "ladder --run runs/a --over background,cat,dog",
  config,
  async run(
    { run, changes = join(run, "changes"), over, out = join(run, "ladder.json") },
    context,
  ) {
    const { config: saved } = await readRun(run);
    const trained = readStaticConfig(run, saved);
    const pairs = await makePairs(trained, trained.cache ?? run, context);
    const unknown = over.find((name) => !pairs.classes.includes(name));
    if (unknown) {
      throw new InputError(
        `Cannot average over ${unknown}: the classes are ${pairs.classes.join(", ")}.`,
      );
    }
    const kinds = await readKinds(join(trained.data, "kinds.jsonl"));
    const { classes, list } = pairs;
    const tally = new Tally(classes.length, kinds);
    const display = context.progress("ladder", list.length);
    for (const [i, pair] of list.entries()) {
      context.signal.throwIfAborted();
      tally.add(pair, await ingredients(pair, changes, classes.length));
      display.update(i + 1);
    }
    display.done();
    const result = tally.result(classes, over.map((name) => classes.indexOf(name)), list.length);
    await writeAtomic(out, JSON.stringify(result, null, 2) + "\n");
    for (const line of ladderLines(result, over)) context.log(line);
  },
});

async function ingredients(
  pair: Pair,
  changes: string,
  classes: number,
): Promise<Ingredients> {
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
    flags: collapsedClasses(K.data, A.data, pair.labels, classes),
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

/** Counts pixels over a list. */
class Tally {
  readonly #rungs: readonly Confusion[];
  readonly #kinds = new Map<string, readonly Confusion[]>();
  readonly #counts = { pixels: 0, differing: 0, decided: 0, method: 0, advice: 0 };

  constructor(readonly classes: number, readonly kinds: ReadonlyMap<string, readonly string[]>) {
    this.#rungs = RUNGS.map(() => confusion(classes));
  }

  add(pair: Pair, from: Ingredients): void {
    const truth = { width: from.truth.length, height: 1, data: from.truth };
    const masks = RUNGS.map((rung) => rung.mask(from));
    const count = (into: Confusion, mask: Uint8Array<ArrayBuffer>) =>
      accumulate(into, truth, { ...truth, data: mask }, pair.id, { predictedVoid: "background" });
    masks.forEach((mask, i) => count(this.#rungs[i], mask));
    for (const kind of this.kinds.get(pair.id) ?? []) {
      if (!this.#kinds.has(kind)) {
        this.#kinds.set(
          kind,
          [0, 1, 2].map(() => confusion(this.classes)),
        );
      }
      this.#kinds.get(kind)!.forEach((own, i) => count(own, masks[i]));
    }
    this.#countChoices(from, masks[RUNGS.indexOf(METHOD)]);
  }

  #countChoices({ knowledge, advice, truth }: Ingredients, method: Uint8Array): void {
    const counts = this.#counts;
    for (let u = 0; u < truth.length; u++) {
      const [k, a, t] = [knowledge[u], advice[u], truth[u]];
      if (t === 255) continue;
      counts.pixels++;
      if (k === a) continue;
      counts.differing++;
      if (k !== t && a !== t) continue;
      counts.decided++;
      if (method[u] === t) counts.method++;
      if (a === t) counts.advice++;
    }
  }

  result(classes: readonly string[], over: readonly number[], images: number): Ladder {
    const rows = this.#rungs.map((own, i) => ladderRow(RUNGS[i].name, own, over));
    const [knowledge, advice, method] = rows.map(({ meanIouOver }) => meanIouOver);
    const [best, oracle] = [Math.max(knowledge, advice), rows[rows.length - 1].meanIouOver];
    const { pixels, differing, decided, ...right } = this.#counts;
    return {
      images,
      classes,
      rows,
      differing: differing / pixels,
      choice: { method: right.method / decided, advice: right.advice / decided },
      gapClosed: (method - best) / (oracle - best),
      kinds: Object.fromEntries(
        [...this.#kinds].map(([kind, all]) => {
          const [k, a, m] = all.map((own) => scores(own).meanIouPresent);
          return [kind, [k, a, m]];
        }),
      ),
    };
  }
}

function ladderRow(name: string, own: Confusion, over: readonly number[]): LadderRow {
  const { classes, meanIouPresent: meanIou, pixelAccuracy } = scores(own);
  const iou = classes.map((each) => each.iou);
  const meanIouOver = over.length === 0
    ? meanIou
    : over.reduce((sum, c) => sum + (iou[c] || 0), 0) / over.length;
  return { name, meanIou, meanIouOver, pixelAccuracy, iou };
}

/** The table as lines of text, in per cent. */
export function ladderLines(ladder: Ladder, over: readonly string[] = []): string[] {
  const percent = (value: number) => (100 * value).toFixed(1).padStart(10);
  const chosen = over.length > 0;
  const row = (name: string, cells: readonly string[]) => [name.padEnd(22), ...cells].join(" ");
  return [
    row("%", ["  mean IoU", ...(chosen ? [`over ${over.length}`.padStart(10)] : []), "  accuracy"]),
    ...ladder.rows.map(({ name, meanIou, meanIouOver, pixelAccuracy }) =>
      row(name, [
        percent(meanIou),
        ...(chosen ? [percent(meanIouOver)] : []),
        percent(pixelAccuracy),
      ])
    ),
    "",
    `${ladder.images} photographs; knowledge and advice differ in ` +
    `${percent(ladder.differing).trim()} % of the pixels.`,
    `Where they differ and one is right, the method is in ${
      percent(ladder.choice.method).trim()
    } %, the advice in ${percent(ladder.choice.advice).trim()} %; the method closes ${
      percent(ladder.gapClosed).trim()
    } % of the gap to the oracle.`,
    ...kindLines(ladder.kinds, percent),
  ];
}

/** Mean IoU by what makes a picture hard, where the set says it. */
function kindLines(kinds: Ladder["kinds"], percent: (value: number) => string): string[] {
  const lines = Object.entries(kinds).map(([kind, values]) =>
    [`  ${kind}`.padEnd(22), ...values.map(percent)].join(" ")
  );
  return lines.length === 0
    ? []
    : ["", "mean IoU by kind        knowledge     advice     method", ...lines];
}
