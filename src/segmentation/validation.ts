import type { Frame } from "../data/images/view.ts";
import { readMask } from "../data/masks/mask.ts";
import { requireMasks } from "../data/sets/voc.ts";
import { accumulate, confusion } from "../eval/confusion.ts";
import { scores } from "../eval/scores.ts";
import type { Device } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import { type DataOptions, openData } from "../options/data_options.ts";
import { sayData } from "../options/say_data.ts";
import { type CacheOptions, openCache } from "../training/source.ts";
import type { ValidationSet } from "../training/trainer.ts";
import { segmentAll } from "./inference.ts";
import { squareInputs } from "./mask_inputs.ts";
import type { Segmenter } from "./segmenter.ts";

/** Of what networks on what data. */
export interface ValidationOptions extends DataOptions, CacheOptions, Frame {
  /** Photographs at a time. */
  readonly batch: number;
}

/**
 * Mean IoU of a segmenter's masks at the photographs' own sizes, on a list of the data; the features
 * of a frozen encoder are computed once.
 *
 * @throws {InputError} when a photograph or a true mask is missing.
 */
export async function openValidation(
  device: Device,
  segmenter: Segmenter,
  classes: number,
  options: ValidationOptions,
  list: string,
  context: Context,
): Promise<ValidationSet> {
  const { items } = await openData({ ...options, list });
  const images = items.map(({ image }) => image);
  const { imageSize, keepAspect, batch } = options;
  const cache = segmenter.backbone.frozen
    ? await openCache(squareInputs(segmenter, options), items, options, context)
    : undefined;
  return {
    async measure() {
      const total = confusion(classes);
      let done = 0;
      const views = { imageSize, keepAspect, batch, cache };
      for await (const mask of segmentAll(device, segmenter, images, views)) {
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
 * Checks that the photographs and true masks of a validation are there, before there is work to lose,
 * and says what was understood.
 *
 * @throws {InputError} when one is missing.
 */
export async function requireValidation(
  options: DataOptions & { readonly validation?: string },
  { log }: Pick<Context, "log">,
): Promise<void> {
  const { validation: list } = options;
  if (list === undefined) return;
  const voc = await openData({ ...options, list });
  await requireMasks(voc);
  sayData((line) => log(`Validation: ${line}`), voc);
}
