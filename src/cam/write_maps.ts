import { type ScoreMap, writeCam } from "../data/scores/cam.ts";
import { readImageSize, type Size } from "../data/images/image_size.ts";
import { type ExampleJob, loadExamples } from "../data/augment/load_example.ts";
import { requireFinite } from "../data/scores/require_finite.ts";
import { fittedView } from "../data/images/view.ts";
import type { Unfinished } from "../files/unfinished.ts";
import type { Context } from "../options/command.ts";
import { inFlight } from "../training/in_flight.ts";
import { activationMaps, measureMaps } from "./activation.ts";
import type { CamConfig } from "./cam_config.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";
import type { LabelledImage } from "./labelled_images.ts";

/** How a photograph is seen, and how fine its maps are. */
export type MapsSetting = Pick<CamConfig, "scales" | "mirror" | "maxSide" | "mapStride">;

/** The maps of the classes that a photograph shows. */
export type Maps = Map<number, ScoreMap>;

/**
 * The activation maps of photographs, in their order.
 *
 * @param load loads the photographs, by default in workers
 */
export async function* mapsOfAll(
  network: ClassifierNetwork,
  images: readonly LabelledImage[],
  { scales, mirror, maxSide, mapStride: stride }: MapsSetting,
  load: typeof loadExamples = loadExamples,
): AsyncGenerator<Maps, void, void> {
  const sizes: Size[] = [];
  for (const { image } of images) sizes.push(await readImageSize(image));
  const jobs = images.flatMap(({ image }, i) => {
    const longSide = Math.min(maxSide, Math.max(sizes[i].width, sizes[i].height));
    return scales.map((scale): ExampleJob => ({
      image,
      view: fittedView(sizes[i], scale * longSide, network.multiple),
      smooth: true,
      seed: 0,
      normalise: network.backbone.normalisation,
    }));
  });
  const views = inParts(load(jobs), scales.length);
  // Kernels are measured before a photograph is started: no other is measured meanwhile.
  const prepared = async function* () {
    let next = 0;
    for await (const scaled of views) {
      const { labels } = images[next];
      const { width, height } = sizes[next++];
      const grid = { width: Math.ceil(width / stride), height: Math.ceil(height / stride) };
      const maps = [network, scaled, labels, grid, mirror] as const;
      await measureMaps(...maps);
      yield maps;
    }
  };
  for await (const [, maps] of inFlight(prepared(), (maps) => activationMaps(...maps))) yield maps;
}

/** Writes the activation maps of photographs as they come. */
export async function writeMaps(
  results: AsyncIterable<Maps>,
  { missing: images, done: finish }: Unfinished<LabelledImage>,
  pathOf: (id: string) => string,
  { format }: Pick<CamConfig, "format">,
  { progress, signal }: Pick<Context, "progress" | "signal">,
): Promise<void> {
  const display = progress("activation maps", images.length);
  let done = 0;
  for await (const maps of results) {
    const { id } = images[done];
    for (const { data } of maps.values()) requireFinite(data, `the maps of ${id}`);
    await writeCam(pathOf(id), maps, { form: format === "psa" ? "dictionary" : "array" });
    await finish(images[done]);
    display.update(++done);
    if (done < images.length) signal.throwIfAborted();
  }
  display.done();
}

/** Neighbouring items, so many at once. */
async function* inParts<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
}
