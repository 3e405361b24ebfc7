import type { DenseCrf } from "../crf/mod.ts";
import { type LoadedExample, loadExample } from "../data/augment/load_example.ts";
import type { Mask } from "../data/masks/mask.ts";
import { enlarge, named, type Picture } from "../data/images/picture.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { viewMask } from "../data/images/resize.ts";
import { type Frame, framedView } from "../data/images/view.ts";
import type { Device } from "../gpu/mod.ts";
import { readIndices, type Tensor, untracked } from "../tensor/mod.ts";
import { type MaskSample, MaskUploads } from "../segmentation/mask_inputs.ts";
import { uploadDynamic } from "./dynamic_batch.ts";
import type { DynamicSet } from "./dynamic_networks.ts";
import { type RefineOptions, refineSeed, runBranches } from "./dynamic_step.ts";
import { uploadPlanes } from "../training/upload.ts";

/** What the masks of a row are. */
const NAMES = [
  ...["output m^r", "its CRF", "refined r0", "seed m^o", "sub branch m^s", "refined seed r1"],
];

/** What a preview is drawn with. */
export interface PreviewOptions extends RefineOptions, Frame {}

/**
 * What the networks make of some photographs now, one row each: photograph, output m^r, its CRF, r0,
 * seed m^o, sub branch m^s, refined seed r1 and, where it exists, the truth, with the IoU of the masks
 * at the maps' size then.
 */
export async function dynamicRows(
  device: Device,
  networks: DynamicSet,
  samples: readonly MaskSample[],
  classes: number,
  crf: DenseCrf,
  options: PreviewOptions,
): Promise<Picture[][]> {
  const { segmenter } = networks;
  const { stride } = segmenter;
  const { imageSize, keepAspect } = options;
  const examples = await Promise.all(samples.map(async ({ image, masks }) =>
    await loadExample({
      image,
      masks,
      maskStride: stride,
      colourStride: stride,
      visible: keepAspect,
      view: framedView(await readImageSize(image), options, stride),
      smooth: keepAspect,
      seed: 0,
      normalise: segmenter.backbone.normalisation,
    })
  ));
  using _scope = device.scope();
  const batch = uploaded(device, segmenter, samples, examples, classes);
  const { first, second, sub } = untracked(() => {
    const branches = runBranches(networks, batch.batch.features(), "infer");
    return refineSeed(networks, branches, uploadDynamic(batch), crf, options);
  });
  const { knowledge: output, advice } = first;
  const masks = [output, advice, first.refined, second.knowledge, sub, second.refined];
  const columns = await Promise.all(masks.map(cut));
  const times = Math.max(1, Math.round(160 * stride / imageSize));
  return await Promise.all(examples.map(async ({ colours }, n) => {
    const { image, truth: path } = samples[n];
    const truth = await shownTruth(path, await readImageSize(image), (mask) => {
      return viewMask(mask, framedView(mask, options, stride), stride);
    });
    const row = [
      named(colours!, "photograph"),
      ...columns.map((column, i) => truth.mask(column[n], NAMES[i])),
      ...truth.pictures,
    ];
    return row.map((picture) => enlarge(picture, times));
  }));
}

function uploaded(
  device: Device,
  segmenter: DynamicSet["segmenter"],
  samples: readonly MaskSample[],
  examples: readonly LoadedExample[],
  classes: number,
): MaskUploads {
  const items = examples.map(({ masks, colours, visible }, n) => {
    return { masks, colours, visible, labels: samples[n].labels };
  });
  const features = () => segmenter.encode(uploadPlanes(device, examples), "infer");
  return new MaskUploads(device, { items, features }, classes);
}

/** The masks of a batch one by one. */
async function cut(masks: Tensor): Promise<Mask[]> {
  const [n, height, width] = masks.shape;
  const all = Uint8Array.from(await readIndices(masks));
  return Array.from({ length: n }, (_, i) => {
    return { width, height, data: all.slice(i * width * height, (i + 1) * width * height) };
  });
}
