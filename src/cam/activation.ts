import type { ScoreMap } from "../data/scores/cam.ts";
import type { Size } from "../data/images/image_size.ts";
import { keep, read, type Tensor, tensor, untracked } from "../tensor/mod.ts";
import { addInto, resizeBilinear, slice } from "../wgsl/mod.ts";
import { measureFirst } from "../gpu/tune.ts";
import { type Planes, uploadPlanes } from "../training/upload.ts";
import type { ClassifierNetwork } from "./classifier_network.ts";

/** Pixels that pass an encoder at once: larger photographs and their mirror images go one by one. */
const AT_ONCE = 2 ** 20;

/**
 * Class activation maps of one photograph: for each scale, and its mirror image, max(0, w . features)
 * of each pixel; resized to the grid bilinearly, mirrored back, summed, and divided for each class by
 * the maximum + 1e-5 (PSA, Ahn and Kwak 2018). Nothing is read back before the end.
 *
 * @param scales the photograph at each scale
 * @param labels the classes it shows, which are those that get a map
 */
export async function activationMaps(
  network: ClassifierNetwork,
  scales: readonly Planes[],
  labels: readonly number[],
  grid: Size,
  mirror: boolean,
): Promise<Map<number, ScoreMap>> {
  if (labels.length === 0) return new Map();
  const { width, height } = grid;
  const area = height * width;
  const sums = activationSums(network, scales, labels, grid, mirror);
  const [straight, turned] = await Promise.all(sums.map(async (sum) => {
    try {
      return await read(sum);
    } finally {
      sum.release();
    }
  }));
  return new Map(labels.map((label, i) => {
    const data = straight.slice(i * area, (i + 1) * area);
    if (turned) addMirrored(data, turned.subarray(i * area, (i + 1) * area), width);
    normalise(data);
    return [label, { width, height, data }];
  }));
}

/** The maps of the photograph summed over its scales, and where it is wanted those of its mirror image. */
function activationSums(
  network: ClassifierNetwork,
  scales: readonly Planes[],
  labels: readonly number[],
  { width, height }: Size,
  mirror: boolean,
): Tensor[] {
  const { device } = network.classifier.fc8.weight;
  using _scope = device.scope(); // closed before anything is awaited: others may use the device then
  const shape = [1, labels.length, height, width];
  const none = new Float32Array(labels.length * height * width);
  const sums = (mirror ? [false, true] : [false]).map((flip) => {
    return { flip, sum: keep(tensor(device, none, shape)) };
  });
  for (const scaled of scales) {
    const most = Math.max(1, Math.floor(AT_ONCE / (scaled.width * scaled.height)));
    for (let from = 0; from < sums.length; from += most) {
      using _scope = device.scope();
      const some = sums.slice(from, from + most);
      const pictures = some.map(({ flip }) => flip ? mirrored(scaled) : scaled);
      const x = uploadPlanes(device, pictures);
      const features = untracked(() => network.features(x, "infer"));
      const maps = network.classifier.cam(features, labels);
      const large = resizeBilinear(maps, height, width);
      some.forEach(({ sum }, n) => addInto(sum, slice(large, 0, n, n + 1)));
    }
  }
  return sums.map(({ sum }) => sum);
}

/** Measures, where that is wanted, the kernels that {@linkcode activationMaps} would be the first to run. */
export async function measureMaps(
  network: ClassifierNetwork,
  scales: readonly Planes[],
  labels: readonly number[],
  grid: Size,
  mirror: boolean,
): Promise<void> {
  if (labels.length === 0) return;
  const { device } = network.classifier.fc8.weight;
  const sizes = scales.map((scaled) => `${scaled.width}x${scaled.height}`);
  await measureFirst(device, `${sizes} ${mirror}`, () => {
    for (const sum of activationSums(network, scales, labels, grid, mirror)) sum.release();
  });
}

/** The photograph seen in a mirror. */
function mirrored({ planes, ...size }: Planes): Planes {
  const turned = new Float32Array(planes.length);
  addMirrored(turned, planes, size.width);
  return { ...size, planes: turned };
}

/** Adds rows of `width` values read from right to left. */
function addMirrored(sum: Float32Array, values: Float32Array, width: number): void {
  for (let row = 0; row < values.length; row += width) {
    for (let x = 0; x < width; x++) sum[row + x] += values[row + width - 1 - x];
  }
}

/** Divides by the maximum + 1e-5. */
function normalise(values: Float32Array): void {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  for (let u = 0; u < values.length; u++) values[u] /= largest + 1e-5;
}
