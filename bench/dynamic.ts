import { DenseCrf } from "../src/crf/mod.ts";
import type { Image } from "../src/data/images/image.ts";
import { imageNet, normalise } from "../src/data/images/normalise.ts";
import { resizeImage } from "../src/data/images/resize.ts";
import { Device, type KernelTime } from "../src/gpu/mod.ts";
import { Adam, backward } from "../src/nn/mod.ts";
import { uploadDynamic } from "../src/scpp/dynamic_batch.ts";
import { dynamicLosses, dynamicScalars } from "../src/scpp/dynamic_losses.ts";
import { buildDynamic, dynamicParts } from "../src/scpp/dynamic_networks.ts";
import { refineSeed, runBranches } from "../src/scpp/dynamic_step.ts";
import { MaskUploads } from "../src/segmentation/mask_inputs.ts";
import { partsState } from "../src/training/parts.ts";
import { keep, type Tensor, tensor } from "../src/tensor/mod.ts";
import { crfPhotographs } from "./crf_inputs.ts";
import { type Spread, spread } from "./rates.ts";

/** What a step of dynamic refinement costs. */
export interface DynamicCost {
  /** The case. */
  readonly name: string;
  /** Milliseconds of a step, several submitted and awaited together. */
  readonly ms: Spread;
  /** Milliseconds of it that JavaScript took to record the step, submissions left out. */
  readonly recording: Spread;
  /** Dispatches of a step. */
  readonly dispatches: number;
  /** Bytes of buffers in use at the fullest moment of a step. */
  readonly peakBytes: number;
  /** The kernels of a step, timed one by one on a second device; empty without timestamps. */
  readonly kernels: readonly KernelTime[];
}

/** What the kernels of a dynamic step are for, by their names; the rest counts as other. */
export const purposes: Readonly<Record<string, RegExp>> = {
  "convolutions": /^(conv2d|sum_slices|pad_reflect)/,
  "CRF": /^(crf|sort|present)/,
  "what predictors do with masks": /^(add_by_class|one_hot)/,
  "masks, losses, shares": /^(argmax|difference|integrate|class_|collapse|change|cross_|ratio)/,
};

const cases = [
  { name: "encoder-decoder, 64 px, 32x32 maps", network: "encoder-decoder", imageSize: 64 },
  { name: "mobilenet-v2, 256 px, 64x64 maps", network: "mobilenet-v2", imageSize: 256 },
] as const;
const [IMAGES, CLASSES, WIDTH, STEPS] = [8, 7, 32, 3];

type Case = (typeof cases)[number];

/** Measures steps on eight photographs, of a folder where one is given, of up to seven classes. */
export async function dynamicCosts(folder?: string, rounds = 5): Promise<DynamicCost[]> {
  const { images } = await crfPhotographs(500, 375, IMAGES, folder);
  const costs: DynamicCost[] = [];
  for (const options of cases) costs.push(await costOf(options, images, rounds));
  return costs;
}

async function costOf(
  options: Case,
  images: readonly Image[],
  rounds: number,
): Promise<DynamicCost> {
  using device = await Device.open();
  const step = await stepOf(device, options, images);
  for (let i = 0; i < 2; i++) step();
  await device.idle();
  device.pool.peak = 0;
  const before = device.dispatches;
  const clock = submissions(device);
  const [ms, recording]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    let recorded = 0;
    for (let i = 0; i < STEPS; i++) {
      const [begun, submitted] = [performance.now(), clock.ms];
      step();
      recorded += performance.now() - begun - (clock.ms - submitted);
      device.flush();
    }
    await device.idle();
    ms.push((performance.now() - start) / STEPS);
    recording.push(recorded / STEPS);
  }
  const dispatches = (device.dispatches - before) / (rounds * STEPS);
  const { peak: peakBytes } = device.pool;
  const kernels = await kernelTimes(options, images, rounds);
  const { name } = options;
  return { name, ms: spread(ms), recording: spread(recording), dispatches, peakBytes, kernels };
}

/** Counts the time in which a device submits: a software driver computes in it. */
function submissions(device: Device): { ms: number } {
  const clock = { ms: 0 };
  const flush = device.flush.bind(device);
  device.flush = () => {
    const start = performance.now();
    flush();
    clock.ms += performance.now() - start;
  };
  return clock;
}

/** A step at the size of the demo, on synthetic pictures. */
export async function demoStep(device: Device): Promise<() => void> {
  const { images } = await crfPhotographs(500, 375, IMAGES);
  return await stepOf(device, cases[0], images);
}

async function stepOf(
  device: Device,
  { network, imageSize }: Case,
  images: readonly Image[],
): Promise<() => void> {
  const options = {
    network,
    imageSize,
    width: 16,
    depth: 2,
    widthDivisor: 1,
    predictorWidth: WIDTH,
  } as const;
  const nets = await buildDynamic(device, options, CLASSES, 1, false);
  const parts = partsState(dynamicParts(nets)).filter(([, { trained }]) => trained);
  const optimizer = new Adam([{ parameters: parts }]);
  const batch = batchOf(device, images, imageSize, imageSize / nets.segmenter.stride);
  const [x] = batch.batch.features();
  const frozen = nets.segmenter.backbone.frozen
    ? nets.segmenter.encode(x, "infer").map(keep)
    : undefined;
  const crf = new DenseCrf(device, { iterations: 3 });
  return () => {
    using _scope = device.scope();
    const branches = runBranches(nets, frozen ?? nets.segmenter.encode(x, "train"), "train");
    const masks = uploadDynamic(batch);
    const refinement = refineSeed(nets, branches, masks, crf);
    const losses = dynamicLosses(branches, refinement, masks.labels);
    dynamicScalars(losses, refinement);
    optimizer.step(backward(losses.total), 1e-3);
  };
}

/** Photographs of one or two classes, whose seeds say them on the right half; features are pixels. */
function batchOf(
  device: Device,
  images: readonly Image[],
  imageSize: number,
  side: number,
): MaskUploads {
  const planes = images.flatMap((image) => {
    return [...normalise(resizeImage(image, imageSize, imageSize), imageNet)];
  });
  const shape = [IMAGES, 3, imageSize, imageSize];
  const x: Tensor = keep(tensor(device, new Float32Array(planes), shape));
  const shown = images.map((_, n) => n % 3 === 0 ? [1, 4] : [1 + n % (CLASSES - 1)]);
  const seeds = shown.map((own) => {
    const at = (i: number) => i % side > side / 2 ? own[Math.floor(i / side) % own.length] : 0;
    const data = Uint8Array.from({ length: side * side }, (_, i) => at(i));
    return { width: side, height: side, data };
  });
  const items = images.map((image, n) => {
    return { masks: [seeds[n]], labels: shown[n], colours: resizeImage(image, side, side) };
  });
  return new MaskUploads(device, { items, features: () => [x] }, CLASSES);
}

/** The least time of each kernel over several steps. */
async function kernelTimes(
  options: Case,
  images: readonly Image[],
  rounds: number,
): Promise<KernelTime[]> {
  let device: Device;
  try {
    device = await Device.open({ profile: true });
  } catch {
    return []; // the adapter has no timestamps
  }
  using profiled = device;
  const step = await stepOf(profiled, options, images);
  step();
  await profiled.profile();
  const least = new Map<string, KernelTime>();
  for (let i = 0; i < rounds; i++) {
    step();
    for (const time of await profiled.profile()) {
      const nanoseconds = Math.min(time.nanoseconds, least.get(time.name)?.nanoseconds ?? Infinity);
      least.set(time.name, { ...time, nanoseconds });
    }
  }
  return [...least.values()].sort((a, b) => b.nanoseconds - a.nanoseconds);
}
