import { readMask } from "../data/masks/mask.ts";
import { requireMasks } from "../data/sets/voc.ts";
import { accumulate, confusion } from "../eval/confusion.ts";
import { scores } from "../eval/scores.ts";
import type { Device } from "../gpu/mod.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import type { Context } from "../options/command.ts";
import type { Validation } from "../training/validation.ts";
import { segmentAll } from "./inference.ts";
import type { SegmentationNetwork } from "./networks.ts";
import type { NetworkOptions, TrainingOptions } from "../options/training_options.ts";
import { openCache } from "../training/source.ts";

/** Of what networks on what data. */
export type ValidationOptions =
  & DataOptions
  & NetworkOptions
  & Pick<TrainingOptions, "batch" | "cache" | "out" | "seed">;

/** A validation that holds what it keeps open. */
export interface OpenValidation extends Omit<Validation, "every" | "state">, Disposable {}

/**
 * Mean IoU of a network's masks at the photographs' own sizes, on a list of the data;
 * the features of a frozen encoder are computed once.
 *
 * @throws {InputError} when a photograph or a true mask is missing.
 */
export async function openValidation(
  device: Device,
  network: SegmentationNetwork,
  classes: number,
  options: ValidationOptions,
  list: string,
  context: Context,
): Promise<OpenValidation> {
  const { items } = await openData({ ...options, list });
  const images = items.map(({ image }) => image);
  const cache = network.frozen ? await openCache(network, images, options, context) : undefined;
  const views = { imageSize: options.imageSize, batch: options.batch, cache };
  return {
    async judge() {
      const total = confusion(classes);
      let done = 0;
      for await (const mask of segmentAll(device, network, images, views)) {
        context.signal.throwIfAborted();
        const { id, mask: path } = items[done++];
        accumulate(total, await readMask(path, { classes }), mask, id);
      }
      const { meanIou, pixelAccuracy } = scores(total);
      return { meanIou, pixelAccuracy };
    },
    [Symbol.dispose]: () => cache?.[Symbol.dispose](),
  };
}

/**
 * Checks that the photographs and true masks of a validation are there, before there is work to lose.
 *
 * @throws {InputError} when one is missing.
 */
export async function requireValidation(options: DataOptions, list: string): Promise<void> {
  await requireMasks(await openData({ ...options, list }));
}
