import { writeCam } from "../data/scores/cam.ts";
import { readImageSize, type Size } from "../data/images/image_size.ts";
import { type ExampleJob, loadExamples } from "../data/augment/load_example.ts";
import { requireFinite } from "../data/scores/require_finite.ts";
import { fittedView } from "../data/images/view.ts";
import type { Unfinished } from "../files/unfinished.ts";
import type { Context } from "../options/command.ts";
import type { Planes } from "../training/upload.ts";
import { activationMaps } from "./activation.ts";
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
  let [done, scaled]: [number, Planes[]] = [0, []];
  for await (const example of loadExamples(jobs)) {
    signal.throwIfAborted();
    scaled.push(example);
    if (scaled.length < scales.length) continue;
    const { id, labels } = images[done];
    const { width, height } = sizes.get(id)!;
    const grid = { width: Math.ceil(width / stride), height: Math.ceil(height / stride) };
    const maps = await activationMaps(network, scaled, labels, grid, mirror);
    for (const { data } of maps.values()) requireFinite(data, `the maps of ${id}`);
    await writeCam(pathOf(id), maps, { form: format === "psa" ? "dictionary" : "array" });
    await finish(images[done]);
    scaled = [];
    display.update(++done);
  }
  display.done();
}
