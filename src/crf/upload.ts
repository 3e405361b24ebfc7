import type { Device } from "../gpu/mod.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";
import { groupsOf, packScores } from "../wgsl/crf.ts";
import type { CrfInput } from "./input.ts";
import type { Layout, Rows } from "./layout.ts";

/** The energy of labels that an image does not have, where another of its group has them. */
const NEVER = 1e30;

/** The pictures of a block: for each image the planes of its channels. */
export function uploadImages(
  device: Device,
  inputs: readonly CrfInput[],
  { width }: Layout,
  { top, height }: Rows,
): Tensor {
  const area = width * height;
  const { image } = inputs[0];
  const channels = image.data.length / (width * image.height);
  const planes = new Float32Array(inputs.length * channels * area);
  inputs.forEach(({ image: { data } }, k) => {
    const base = k * channels * area;
    let i = top * width * channels;
    for (let p = 0; p < area; p++) {
      for (let c = 0; c < channels; c++) planes[base + c * area + p] = data[i++];
    }
  });
  return tensor(device, planes, [inputs.length, channels, area]);
}

/** The scores -U of a block, with `labels` labels for every image. */
export function uploadScores(
  device: Device,
  inputs: readonly CrfInput[],
  { width, blocks }: Layout,
  { top, height }: Rows,
  labels: number,
): Tensor {
  const area = width * height;
  let planes = inputs[0].unary;
  if (inputs.length > 1 || blocks.length > 1) {
    planes = new Float32Array(inputs.length * labels * area);
    inputs.forEach(({ image, unary }, k) => {
      const all = width * image.height;
      const own = unary.length / all;
      for (let c = 0; c < labels; c++) {
        const to = (k * labels + c) * area;
        const from = c * all + top * width;
        if (c < own) planes.set(unary.subarray(from, from + area), to);
        else planes.fill(NEVER, to, to + area);
      }
    });
  }
  const unary = tensor(device, planes, [inputs.length, labels, area]);
  const scores = packScores(unary, 0, { images: inputs.length, labels, area }, groupsOf(labels));
  unary.release();
  return scores;
}
