import { writeCam } from "../data/scores/cam.ts";
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

/** Computes and writes the activation maps of photographs, one after the other. */
export async function writeMaps(
  network: ClassifierNetwork,
  { missing: images, done: finish }: Unfinished<LabelledImage>,
  pathOf: (id: string) => string,
  { scales, mirror, maxSide, mapStride: stride, format }: CamConfig,
  { progress, signal }: Context,
): Promise<void> {
  const sizes = new Map<string, Size>();
  for (const { id, image } of images) sizes.set(id, await readImageSize(image));
  const jobs = images.flatMap(({ id, image }) => {
    const size = sizes.get(id)!;
    const longSide = Math.min(maxSide, Math.max(size.width, size.height));
    return scales.map((scale): ExampleJob => ({
      image,
      view: fittedView(size, scale * longSide, network.multiple),
      smooth: true,
      seed: 0,
      normalise: network.backbone.normalisation,
    }));
  });
  const display = progress("activation maps", images.length);
  const views = inParts(loadExamples(jobs), scales.length);
  // Kernels are measured before a photograph is started: no other is measured meanwhile.
  const prepared = async function* () {
    let next = 0;
    for await (const scaled of views) {
      signal.throwIfAborted();
      const { id, labels } = images[next++];
      const { width, height } = sizes.get(id)!;
      const grid = { width: Math.ceil(width / stride), height: Math.ceil(height / stride) };
      const maps = [network, scaled, labels, grid, mirror] as const;
      await measureMaps(...maps);
      yield maps;
    }
  };
  let done = 0;
  const results = inFlight(prepared(), (maps) => activationMaps(...maps));
  for await (const [, maps] of results) {
    const { id } = images[done];
    for (const { data } of maps.values()) requireFinite(data, `the maps of ${id}`);
    await writeCam(pathOf(id), maps, { form: format === "psa" ? "dictionary" : "array" });
    await finish(images[done]);
    display.update(++done);
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
