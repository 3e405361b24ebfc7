import { encodeImage, type Image } from "../data/images/image.ts";
import type { Mask } from "../data/masks/mask.ts";
import type { Source } from "../files/source.ts";
import type { Device } from "../gpu/mod.ts";
import type { RunSource } from "../training/run_files.ts";
import { segmentAll } from "./inference.ts";
import { loadMain, type MainNetwork, mainOf } from "./model_file.ts";
import { buildSegmenter } from "./networks.ts";
import type { Segmenter } from "./segmenter.ts";

/**
 * Segments photographs in memory with the network of a run, as the command `segment` does by default.
 *
 * @example
 * ```ts ignore
 * using device = await Device.open();
 * using segmenter = await TrainedSegmenter.open(device, "runs/segmenter");
 * await writeMask("mask.png", await segmenter.segment("photo.jpg"));
 * ```
 */
export class TrainedSegmenter implements Disposable {
  private constructor(
    private readonly device: Device,
    private readonly network: Segmenter,
    private readonly model: MainNetwork["model"],
  ) {}

  /**
   * Loads the network of a run: of its folder, or of its files in memory. Of those it takes model.json
   * and the last checkpoint, and the encoder's weights where the encoder is frozen. A run
   * in f16 is loaded in f32 where the device has no half precision.
   *
   * @throws {InputError} when it is no run that segments, or has no such checkpoint.
   */
  static async open(
    device: Device,
    run: RunSource,
    which: "last" | "best" = "last",
  ): Promise<TrainedSegmenter> {
    const main = await mainOf(run, which);
    const { classes, seed } = main.model;
    const precision = device.halves ? main.model.precision : "f32";
    const model = { ...main.model, precision };
    const network = await buildSegmenter(device, model, classes.length, seed);
    try {
      await loadMain(main, network);
    } catch (error) {
      network[Symbol.dispose]();
      throw error;
    }
    return new TrainedSegmenter(device, network, model);
  }

  /** The names of the classes, background first. */
  get classes(): readonly string[] {
    return this.model.classes;
  }

  /**
   * The mask of a photograph, at its own size.
   *
   * @throws {InputError} when it cannot be read.
   */
  async segment(
    photograph: Source | Image,
    { mirror = false }: { readonly mirror?: boolean } = {},
  ): Promise<Mask> {
    const source = typeof photograph === "string" || photograph instanceof File
      ? photograph
      : new File([encodeImage(photograph)], "photograph.png");
    const { imageSize, keepAspect } = this.model;
    const views = { imageSize, keepAspect, mirror, batch: 1 };
    for await (const mask of segmentAll(this.device, this.network, [source], views)) return mask;
    throw new TypeError("Cannot segment: there was no photograph");
  }

  /** Gives the network's memory back. */
  [Symbol.dispose](): void {
    this.network[Symbol.dispose]();
  }
}
