import { join } from "@std/path";
import { findMasks } from "../data/masks/find_masks.ts";
import { type ImageLabels, readLabels } from "../data/labels/labels.ts";
import { findScores, type ScoreFolder } from "../data/scores/find_scores.ts";
import type { Voc } from "../data/sets/voc.ts";
import { InputError } from "../files/error.ts";
import { type Options, ownFolder } from "../files/made_with.ts";
import { realPath } from "../files/require_apart.ts";
import { openData } from "../options/data_options.ts";
import { type Shard, shardOf } from "../options/shard.ts";
import { CRF, type SeenPairOptions } from "./pair_options.ts";
import type { Pairs } from "./pairs.ts";

/** Where the pairs of masks of a list are, or would be. */
export interface FoundPairs extends Omit<Pairs, "scores"> {
  /** The photographs. */
  readonly voc: Voc;
  /** What they show. */
  readonly labels: ImageLabels;
  /** The scores, where masks are computed of scores. */
  readonly scores?: ScoreFolder;
  /** The folder of the masks that are computed, `knowledge` and `advice`. */
  readonly own: string;
  /** What those depend on. */
  readonly made: Options;
  /** What else might have been meant; see `Voc.leftOut`. */
  readonly leftOut: readonly string[];
}

/**
 * Finds the pairs of masks of a list of photographs and computes nothing: masks that the options do not
 * give may be missing.
 *
 * @param folder where computed masks are, in a folder of their own for each choice of options
 * @param shard the part of the list that is wanted; all of it by default
 * @throws {InputError} when a photograph, label or folder is missing.
 */
export async function findPairs(
  options: SeenPairOptions,
  folder: string,
  shard: Shard = { index: 0, count: 1 },
): Promise<FoundPairs> {
  const voc = await openData(options);
  const labels = await readLabels(voc);
  if (!options.scores === !options.knowledge) {
    throw new InputError(
      "Cannot make masks: give either --scores, a folder of activation maps, or --knowledge, a " +
        "folder of masks.",
    );
  }
  const { scores: from } = options;
  const scores = from === undefined ? undefined : await findScores(voc.root, from, []);
  const made = dependencies(options, scores);
  const own = await ownFolder(folder, "masks", made);
  const leftOut: string[] = [];
  const folderOf = async (given: string) => {
    const found = await findMasks(voc.root, given);
    leftOut.push(...found.leftOut);
    return found.path;
  };
  leftOut.push(...scores?.leftOut ?? []);
  const knowledge = options.knowledge === undefined
    ? join(own, "knowledge")
    : await folderOf(options.knowledge);
  const advice: string[] = [];
  const advisers = options.advice ?? [CRF];
  const places = [await realPath(knowledge)];
  for (const adviser of advisers) {
    const path = adviser === CRF ? join(own, "advice") : await folderOf(adviser);
    const place = await realPath(path);
    if (places.includes(place)) {
      const why = place === places[0]
        ? ": these are the masks to be refined. Leave it out."
        : " twice: it would say the same. Name it once.";
      throw new InputError(`Cannot take the advice ${adviser}${why}`);
    }
    places.push(place);
    advice.push(path);
  }
  const list = shardOf(voc.items, shard).map(({ id, image, mask }) => ({
    ...{ id, image, truth: mask, labels: labels.labels.get(id)! },
    knowledge: join(knowledge, `${id}.png`),
    advice: advice.map((path) => join(path, `${id}.png`)),
  }));
  const { classes, listChecksum } = voc;
  const masks = { classes, list, listChecksum, knowledge, advice, advisers };
  return { ...masks, voc, labels, scores, own, made, leftOut };
}

/**
 * Everything the computed masks depend on but for the files they are made of; the options with which
 * the scores were made are among it, where their folder tells them.
 */
function dependencies(
  options: SeenPairOptions,
  from: ScoreFolder | undefined,
): Options {
  const given = <T>(path: T) => options.asGiven?.get(String(path)) ?? path;
  // Without labels of their own they are from the truth.
  const [root, labels, truth] = [options.data, options.labels, options.truth].map(given);
  const [scores, knowledge] = [options.scores, options.knowledge].map(given);
  const classes = given(options.classes);
  const { keys, backgroundPower, certainty } = options;
  const { crfIterations, crfSmoothWidth, crfWidth, crfColourWidth } = options;
  const crf = { crfIterations, crfSmoothWidth, crfWidth, crfColourWidth };
  return {
    ...{ root, labels, classes, truth, scores, keys, backgroundPower, knowledge, certainty },
    ...{ ...crf, made: from?.made },
  };
}
