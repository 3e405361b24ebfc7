// The networks of the run whose files a person gave.
import { InputError } from "../../files/error.ts";
import type { Device } from "../../gpu/mod.ts";
import { Refiner } from "../../scpp/refiner.ts";
import { TrainedSegmenter } from "../../segmentation/trained_segmenter.ts";

/** What the files of a run can do. */
export interface RunNetworks extends Disposable {
  /** Segments photographs. */
  readonly segmenter: TrainedSegmenter;
  /** Refines masks, where the run is one of train static. */
  readonly refiner?: Refiner;
}

/**
 * Loads the networks of a run.
 *
 * @throws {InputError} when something is missing, damaged or of no run.
 */
export async function openRun(device: Device, files: readonly File[]): Promise<RunNetworks> {
  const segmenter = await TrainedSegmenter.open(device, files);
  const refiner = await Refiner.open(device, files).catch((error) => {
    if (error instanceof InputError) return undefined; // it is of another training
    throw error;
  });
  return {
    segmenter,
    refiner,
    [Symbol.dispose]() {
      segmenter[Symbol.dispose]();
      refiner?.[Symbol.dispose]();
    },
  };
}
