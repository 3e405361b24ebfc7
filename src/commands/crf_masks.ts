import { type CrfInput, type DenseCrf, unaryFromProbabilities } from "../crf/mod.ts";
import { readImage } from "../data/images/image.ts";
import { type Mask, readMask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";
import {
  bestClasses,
  maskStack,
  readScoreStack,
  type StackOptions,
} from "../data/scores/score_stack.ts";
import type { Item } from "./crf_items.ts";

/** How labels are read. */
export interface Reading extends StackOptions {
  /** The folder of score maps, where items name those instead of masks. */
  readonly scores?: string;
  /** How sure a mask is of its labels. */
  readonly certainty: number;
}

/** A photograph whose labels the CRF has decided. */
export interface Decided {
  readonly item: Item;
  readonly before: Mask;
  readonly after: Mask;
}

/** One photograph, read, with what is known of its labels. */
interface Work extends CrfInput {
  readonly item: Item;
  readonly classes: readonly number[];
  readonly before: Mask;
}

/**
 * Decides the labels of photographs, the next ones being read meanwhile. With one class, or none, there is
 * nothing to decide: such a photograph comes with the next one.
 *
 * @throws {InputError} when a file cannot be read or does not fit, after those before it.
 */
export async function* decideMasks(
  dense: DenseCrf,
  items: readonly Item[],
  reading: Reading,
  signal?: AbortSignal,
): AsyncGenerator<Decided, void, void> {
  const clear: Decided[] = [];
  const unclear = async function* () {
    for (const item of items) {
      signal?.throwIfAborted();
      const work = await readWork(item, reading);
      const { classes, before } = work;
      if (classes.length > 1) yield work;
      else clear.push(decided(work, classes.length === 0 ? before.data : before.data.map(() => 0)));
    }
  };
  try {
    for await (const [work, labels] of dense.labelsOfAll(unclear())) {
      yield* clear.splice(0);
      yield decided(work, labels);
    }
  } catch (error) {
    yield* clear.splice(0);
    throw error;
  }
  yield* clear;
}

function decided({ item, before, classes }: Work, labels: Uint8Array<ArrayBuffer>): Decided {
  const { width, height } = before;
  const data = classes.length === 0 ? labels : labels.map((label) => classes[label]);
  return { item, before, after: { width, height, data } };
}

async function readWork(item: Item, reading: Reading): Promise<Work> {
  const image = await readImage(item.image);
  if (reading.scores) {
    const stack = await readScoreStack(item.input, image, reading);
    const unary = unaryFromProbabilities(stack.scores);
    return { item, image, unary, classes: stack.classes, before: bestClasses(stack, image) };
  }
  const before = await readMask(item.input);
  requireSize(before, item.input, image, item.image);
  const classes = [...new Set(before.data)].filter((c) => c !== 255).sort((a, b) => a - b);
  const { scores } = maskStack(before, classes, reading.certainty);
  return { item, image, unary: unaryFromProbabilities(scores), classes, before };
}
