import { empty, read, readIndices, type Tensor } from "../tensor/mod.ts";
import { bestLabels, groupsOf, unpackPlanes } from "../wgsl/crf.ts";
import type { CrfInput } from "./input.ts";
import type { Layout } from "./layout.ts";

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
