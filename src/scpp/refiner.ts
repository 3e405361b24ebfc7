import type { Image } from "../data/images/image.ts";
import { type Maps, viewImage, viewMask } from "../data/images/resize.ts";
import { resizeAntialiased } from "../data/images/resize_antialiased.ts";
import { framedView } from "../data/images/view.ts";
import { normalise } from "../data/images/normalise.ts";
import type { Mask } from "../data/masks/mask.ts";
import type { Device } from "../gpu/mod.ts";
import { mainOf } from "../segmentation/model_file.ts";
import { partsState } from "../training/parts.ts";
import type { RunSource } from "../training/run_files.ts";
import { loadCheckpoint } from "../training/train.ts";
import { mirrorMask, uploadPlanes } from "../training/upload.ts";
import { STATIC_BIASES } from "./integration.ts";
import { buildNetworks, type Networks, partsOf } from "./networks.ts";
import { average, changeLogits, type ChoiceOptions, chosenMask, shownMaps } from "./predict.ts";
import { type RefinerConfig, refinerConfig } from "./refiner_config.ts";

/** How masks are refined; as the command `refine` does by default. */
export interface RefinerOptions extends Partial<ChoiceOptions> {
  /** The classes that the photograph is known to show; those of all masks by default. */
  readonly labels?: readonly number[];
  /** Average the predictions with those of the mirror image. */
  readonly mirror?: boolean;
}

/** A refined mask, and why. */
export interface Refined {
  /** Each pixel is that of the knowledge or that of an adviser. */
  readonly mask: Mask;
  /** Logits of the change seen from the knowledge (plane 0) and from the advice (plane 1 and on). */
  readonly changes: Maps;
}

/**
 * Refines pairs of masks in memory with the networks of a run of `train static`.
 *
 * @example
 * ```ts ignore
 * using device = await Device.open();
 * using refiner = await Refiner.open(device, "runs/static");
 * const { mask } = await refiner.refine(image, knowledge, advice);
 * ```
 */
export class Refiner implements Disposable {
  readonly #device: Device;
  readonly #networks: Networks;
  readonly #config: RefinerConfig;

  private constructor(
    device: Device,
    networks: Networks,
    config: RefinerConfig,
    /** The names of the classes, background first. */
    readonly classes: readonly string[],
  ) {
    [this.#device, this.#networks, this.#config] = [device, networks, config];
  }

  /**
   * Loads the networks of a run: of its folder, or of its files in memory. Of those it takes
   * model.json and the last checkpoint, config.json where it is among them, and the encoder's weights
   * where the encoder is frozen.
   *
   * @throws {InputError} when it is no run of `train static`, or has no such checkpoint.
   */
  static async open(
    device: Device,
    run: RunSource,
    which: "last" | "best" = "last",
  ): Promise<Refiner> {
    const main = await mainOf(run, which);
    const { model: { classes, weights }, checkpoint } = main;
    const trained = await refinerConfig(run, main);
    const precision = device.halves ? trained.precision : "f32";
    const config = { ...trained, weights, precision };
    const networks = await buildNetworks(device, config, classes.length, config.seed);
    await loadCheckpoint(checkpoint, partsState(partsOf(networks)));
    return new Refiner(device, networks, config, classes);
  }

  /**
   * Chooses between the masks of one photograph at each pixel.
   *
   * @param advice that of one adviser, or of each of several
   * @throws {TypeError} when the sizes differ.
   */
  async refine(
    image: Image,
    knowledge: Mask,
    advice: Mask | readonly Mask[],
    options: RefinerOptions = {},
  ): Promise<Refined> {
    const all = [knowledge, ...[advice].flat()];
    const { labels = shown(...all), mirror = false, ...choice } = options;
    for (const mask of all) {
      if (mask.width === image.width && mask.height === image.height) continue;
      throw new TypeError(
        `Cannot refine a mask of ${mask.width} x ${mask.height} on an image of ` +
          `${image.width} x ${image.height}`,
      );
    }
    const { segmenter } = this.#networks;
    const { imageSize, keepAspect } = this.#config;
    const { stride } = segmenter;
    const side = imageSize / stride;
    const plain = framedView(image, this.#config, stride);
    const small = all.map((mask) => viewMask(mask, plain, stride));
    const flips = mirror ? [false, true] : [false];
    const pictures = flips.map((flip) => {
      const view = framedView(image, this.#config, stride, { flip });
      const { width, height } = view;
      const scaled = keepAspect ? resizeAntialiased(image, width, height, "bicubic") : image;
      const planes = normalise(viewImage(scaled, view), segmenter.backbone.normalisation, view);
      return { width: imageSize, height: imageSize, planes };
    });
    const masks = flips.map((flip) => flip ? small.map(mirrorMask) : small);
    const features = () => segmenter.encode(uploadPlanes(this.#device, pictures), "infer");
    const views = await changeLogits(this.#networks, { masks, features });
    const whole = { channels: all.length, height: side, width: side, data: average(views, side) };
    const changes = shownMaps(whole, image, this.#config, stride);
    const { collapseThreshold } = this.#config;
    const biases = { ...STATIC_BIASES, collapseThreshold, ...choice };
    const [K, ...others] = all;
    return { mask: chosenMask(K, others, labels, changes, this.classes.length, biases), changes };
  }

  /** Gives the networks' memory back. */
  [Symbol.dispose](): void {
    this.#networks[Symbol.dispose]();
  }
}

/** The classes of some masks, ascending, without background and void. */
function shown(...masks: readonly Mask[]): number[] {
  const classes = new Set(masks.flatMap(({ data }) => [...new Set(data)]));
  return [...classes].filter((c) => c !== 0 && c !== 255).sort((a, b) => a - b);
}
