import { DenseCrf } from "../src/crf/mod.ts";
import type { Image } from "../src/data/images/image.ts";
import { Device } from "../src/gpu/mod.ts";
import { crfEnergies, crfPhotographs } from "./crf_inputs.ts";
import { type PeerCost, pydensecrfCosts } from "./pydensecrf.ts";

/** What inference costs with one number of labels and of iterations, milliseconds a photograph. */
export interface CrfCost {
  /** Labels. */
  readonly labels: number;
  /** Iterations. */
  readonly iterations: number;
  /** Upload, lattices, Q without any iteration, and the labels read back. */
  readonly build: number;
  /** One iteration. */
  readonly each: number;
  /** All of it. */
  readonly total: number;
  /** Photographs a second where they follow each other. */
  readonly rate: number;
  /** The most bytes of buffers and textures in use at once. */
  readonly peakBytes: number;
  /** pydensecrf's times and labels, where it is installed. */
  readonly peer?: PeerCost;
}

/** What one kernel takes of one photograph. */
export interface CrfStage {
  /** The kernel. */
  readonly name: string;
  /** Dispatches. */
  readonly count: number;
  /** Milliseconds of all of them. */
  readonly ms: number;
}

/** What {@linkcode crfCosts} measures. */
export interface CrfCosts {
  /** What was measured on. */
  readonly photographs: string;
  /** One for each number of labels and iterations. */
  readonly costs: readonly CrfCost[];
  /** The kernels of ten iterations by number of labels; empty without timestamps. */
  readonly stages: Readonly<Record<number, readonly CrfStage[]>>;
}

const usual = [3, 5, 21].flatMap((labels) => [[labels, 3], [labels, 10]] as const);

/**
 * Measures the dense CRF on photographs of 500x375, of a folder where one is given: least times, after
 * a warm-up.
 */
export async function crfCosts(
  device: Device,
  folder?: string,
  which: readonly (readonly [labels: number, iterations: number])[] = usual,
): Promise<CrfCosts> {
  const { name, images } = await crfPhotographs(500, 375, 4, folder);
  const cases = which.map(([labels, iterations]) => ({ labels, iterations }));
  const costs: CrfCost[] = [];
  const labelled: Uint8Array[] = [];
  for (const { labels, iterations } of cases) {
    device.pool.peak = device.pool.bytes;
    const { least: total, labels: first } = await time(device, images[0], labels, iterations);
    const peakBytes = device.pool.peak;
    const { least: build } = await time(device, images[0], labels, 0);
    const rate = await batchRate(device, images, labels, iterations);
    const each = (total - build) / iterations;
    costs.push({ labels, iterations, build, each, total, rate, peakBytes });
    labelled.push(first);
  }
  const unaryOf = (labels: number) => crfEnergies(images[0], labels);
  const peers = await pydensecrfCosts(images[0], unaryOf, cases, labelled);
  const stages: Record<number, readonly CrfStage[]> = {};
  for (const labels of [3, 21]) stages[labels] = await stagesOf(images[0], labels);
  return {
    photographs: name,
    costs: costs.map((cost, i) => peers ? { ...cost, peer: peers[i] } : cost),
    stages,
  };
}

async function time(
  device: Device,
  image: Image,
  labels: number,
  iterations: number,
): Promise<{ least: number; labels: Uint8Array }> {
  using crf = new DenseCrf(device, { iterations });
  const unary = crfEnergies(image, labels);
  const result = await crf.labels(image, unary);
  let least = Infinity;
  for (let run = 0; run < 4; run++) {
    const start = performance.now();
    await crf.labels(image, unary);
    least = Math.min(least, performance.now() - start);
  }
  return { least, labels: result };
}

async function batchRate(
  device: Device,
  images: readonly Image[],
  labels: number,
  iterations: number,
): Promise<number> {
  using crf = new DenseCrf(device, { iterations });
  const inputs = images.map((image) => ({ image, unary: crfEnergies(image, labels) }));
  let rate = 0;
  for (let run = 0; run < 2; run++) {
    const start = performance.now();
    await Array.fromAsync(crf.labelsOfAll([...inputs, ...inputs]));
    rate = Math.max(rate, 2000 * inputs.length / (performance.now() - start));
  }
  return rate;
}

async function stagesOf(image: Image, labels: number): Promise<readonly CrfStage[]> {
  let device: Device;
  try {
    device = await Device.open({ profile: true });
  } catch {
    return []; // this adapter has no timestamps
  }
  using timed = device;
  using crf = new DenseCrf(timed);
  const unary = crfEnergies(image, labels);
  await crf.labels(image, unary);
  await timed.profile();
  await crf.labels(image, unary);
  return (await timed.profile()).map(({ name, count, nanoseconds }) => ({
    name,
    count,
    ms: nanoseconds / 1e6,
  }));
}
