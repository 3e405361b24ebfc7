import { join } from "@std/path";
import { type CrfInput, DenseCrf, unaryFromProbabilities } from "../crf/mod.ts";
import { certainMasks } from "../data/decisions/certain_masks.ts";
import { readImage } from "../data/images/image.ts";
import { counted } from "../files/listed.ts";
import { noteOptions, type Options } from "../files/made_with.ts";
import { outputFolder } from "../files/output_folder.ts";
import { requireFiles } from "../files/require_files.ts";
import { unfinished } from "../files/unfinished.ts";
import { readMask, writeMask } from "../data/masks/mask.ts";
import { requireFitting } from "../data/masks/require_fitting.ts";
import {
  bestClasses,
  maskStack,
  readScoreStack,
  type ScoreStack,
} from "../data/scores/score_stack.ts";
import { type CrfOptions, crfSettings } from "../options/crf_options.ts";
import type { Shard } from "../options/shard.ts";
import type { Context } from "../options/command.ts";
import { sayData } from "../options/say_data.ts";
import { findPairs } from "./find_pairs.ts";
import { CRF, type PairOptions, type SeenPairOptions } from "./pair_options.ts";

/** A photograph and its masks. */
export interface Pair {
  /** The photograph's name without extension. */
  readonly id: string;
  /** Path of the photograph. */
  readonly image: string;
  /** Path of the knowledge mask. */
  readonly knowledge: string;
  /** Path of the mask of each adviser; there is one at least. */
  readonly advice: readonly string[];
  /** Path of the mask of what is certain, 255 elsewhere; nothing where a person decided nothing. */
  readonly certain?: string;
  /** Path of the true mask, which may not exist; for evaluation alone. */
  readonly truth: string;
  /** The classes the photograph is known to show, ascending, without background. */
  readonly labels: readonly number[];
}

/** Photographs with their masks. */
export interface Pairs {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The photographs, in the order of their list. */
  readonly list: readonly Pair[];
  /** SHA-256 of the ids of the whole list, whatever part of it is wanted. */
  readonly listChecksum: string;
  /** The folder of the scores, where masks are computed of scores. */
  readonly scores?: string;
  /** The folder of the knowledge masks. */
  readonly knowledge: string;
  /** The folder of the masks of each adviser. */
  readonly advice: readonly string[];
  /** What the options call each adviser. */
  readonly advisers: readonly string[];
}

/**
 * The pairs of masks of a list of photographs. Masks that the options do not give are computed and
 * written under `folder`, in a folder of their own for each choice of options; those already there
 * are used.
 *
 * @param shard the part of the list that is wanted; all of it by default
 * @throws {InputError} when a photograph, mask or map is missing or does not fit.
 */
export async function makePairs(
  options: SeenPairOptions,
  folder: string,
  context: Context,
  shard: Shard = { index: 0, count: 1 },
): Promise<Pairs> {
  const found = await findPairs(options, folder, shard);
  const { voc, labels, scores, own, made, leftOut, knowledge, advice, listChecksum } = found;
  sayData(context.log, voc, labels);
  for (const what of leftOut) context.log(`Left out: ${what}`);
  const { certain, certainShare, decisions } = options;
  const places = { certain, certainShare, decisions, folder };
  const sure = await certainMasks(voc, places, context.log);
  const list = found.list.map((pair): Pair => ({ ...pair, certain: sure.get(pair.id) }));
  const given = [
    ...(options.knowledge === undefined ? [] : [knowledge]),
    ...advice.filter((_, n) => options.advice !== undefined && options.advice[n] !== CRF),
  ];
  for (const path of given) {
    const masks = list.map(({ id, image }) => ({ mask: join(path, `${id}.png`), image }));
    const strange: string[] = [];
    await requireFitting(path, masks, voc.classes.length, context.signal, ({ data }, i) => {
      const known = new Set([0, 255, ...list[i].labels]);
      const other = data.find((c) => !known.has(c));
      if (other !== undefined) strange.push(`${voc.classes[other]} in ${list[i].id}`);
    });
    if (strange.length === 0) continue;
    context.log(
      `Classes that the image labels do not have are in ${strange.length} of ` +
        `${counted(list.length, "mask")} of ${path}, such as ${strange[0]}`,
    );
  }
  await computeMissing(list, { scores: scores?.path, own, made }, options, context);
  const { advisers } = found;
  const { classes } = voc;
  return { classes, list, listChecksum, scores: scores?.path, knowledge, advice, advisers };
}

/** Where masks are computed, and of what. */
interface Places {
  /** The folder of the scores, where masks are computed of scores. */
  readonly scores?: string;
  /** The folder for the masks. */
  readonly own: string;
  /** What they depend on. */
  readonly made: Options;
}

async function computeMissing(
  list: readonly Pair[],
  { scores: folder, own, made }: Places,
  options: PairOptions & CrfOptions,
  context: Context,
): Promise<void> {
  const crfWanted = options.advice?.includes(CRF) ?? true;
  if (options.knowledge && !crfWanted) return;
  const scoresOf = ({ id }: Pair) => join(folder!, `${id}.npy`);
  const adviceOf = ({ id }: Pair) => join(own, "advice", `${id}.png`);
  const left = await unfinished(own, list, (pair) => {
    const { id, image, knowledge, labels } = pair;
    const scores = folder && labels.length > 0 ? [scoresOf(pair)] : [];
    return {
      id,
      inputs: [image, ...scores, ...(options.knowledge ? [knowledge] : [])],
      facts: { labels },
      outputs: [...(options.knowledge ? [] : [knowledge]), ...(crfWanted ? [adviceOf(pair)] : [])],
    };
  }, context.log);
  const { missing } = left;
  if (missing.length === 0) return;
  const shown = folder ? missing.filter(({ labels }) => labels.length > 0) : [];
  await requireFiles(`the scores ${folder}`, shown.map(scoresOf));
  await noteOptions(own, made);
  for (const name of ["knowledge", "advice"]) await outputFolder(join(own, name));
  using crf = crfWanted ? new DenseCrf(await context.device(), crfSettings(options)) : undefined;
  let done = list.length - missing.length;
  const display = context.progress("masks", list.length, done);
  const works = readWorks(missing, options, context.signal, folder ? scoresOf : undefined);
  if (crf === undefined) {
    for await (const work of works) {
      await writeMask(work.pair.knowledge, bestClasses(work.stack, work.image));
      await left.done(work.pair);
      display.update(++done);
    }
  } else {
    for await (const [{ pair, stack, image }, labels] of crf.labelsOfAll(works)) {
      const { width, height } = image;
      if (!options.knowledge) await writeMask(pair.knowledge, bestClasses(stack, image));
      const data = labels.map((label) => stack.classes[label]);
      await writeMask(adviceOf(pair), { width, height, data });
      await left.done(pair);
      display.update(++done);
    }
  }
  display.done();
  context.signal.throwIfAborted();
}

/** A photograph, read, with the energies of its scores: U = -log clip(score, 1e-5, 1). */
interface Work extends CrfInput {
  readonly pair: Pair;
  readonly stack: ScoreStack;
}

async function* readWorks(
  pairs: readonly Pair[],
  { keys, backgroundPower, certainty }: PairOptions,
  signal: AbortSignal,
  scoresOf: ((pair: Pair) => string) | undefined,
): AsyncGenerator<Work> {
  for (const pair of pairs) {
    signal.throwIfAborted();
    const { labels, knowledge } = pair;
    const image = await readImage(pair.image);
    const stack = scoresOf
      ? await readScoreStack(scoresOf(pair), image, { keys, labels, backgroundPower })
      : maskStack(await readMask(knowledge), [0, ...labels], certainty);
    yield { pair, image, stack, unary: unaryFromProbabilities(stack.scores) };
  }
}
