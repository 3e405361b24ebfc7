import type { Device } from "../gpu/mod.ts";
import { empty, read, readIndices, type Tensor, tensor } from "../tensor/mod.ts";
import { bestLabels, groupsOf, packScores, unpackPlanes } from "../wgsl/crf.ts";
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

/** What inference of one or more images leaves on the GPU. */
export interface Inferred {
  /** Q, one tensor a block. */
  readonly qs: readonly Tensor[];
  /** How the images are divided. */
  readonly layout: Layout;
  /** The most labels that one of the images has. */
  readonly labels: number;
}

/** Reads Q, which it releases, as planes of each image. */
export async function readPlanes(
  { qs, layout: { width, height, images, blocks }, labels }: Inferred,
  inputs: readonly CrfInput[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const area = width * height;
  const result = inputs.map(({ unary }) => new Float32Array(unary.length));
  await Promise.all(qs.map(async (q, i) => {
    const rows = width * blocks[i].height;
    const planes = empty(q.device, [images, labels, rows]);
    unpackPlanes(q, planes, 0, { images, labels, area: rows }, groupsOf(labels));
    q.release();
    const values = await read(planes);
    planes.release();
    result.forEach((own, k) => {
      for (let c = 0; c < own.length / area; c++) {
        const from = (k * labels + c) * rows;
        own.set(values.subarray(from, from + rows), c * area + width * blocks[i].top);
      }
    });
  }));
  return result;
}

/** Reads the most probable labels of each image; releases Q. */
export async function readLabels(
  { qs, layout: { width, height, images, blocks }, labels }: Inferred,
  inputs: readonly CrfInput[],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const area = width * height;
  const result = new Uint8Array(images * area);
  await Promise.all(qs.map(async (q, i) => {
    const pixels = width * blocks[i].height * images;
    const words = bestLabels(q, pixels, groupsOf(labels));
    q.release();
    const bytes = new Uint8Array((await readIndices(words)).buffer, 0, pixels);
    words.release();
    result.set(bytes, width * blocks[i].top);
  }));
  return inputs.map((_, k) => result.slice(k * area, (k + 1) * area));
}
