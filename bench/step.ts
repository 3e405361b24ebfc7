import { Device } from "../src/gpu/mod.ts";
import { backward, Sgd } from "../src/nn/mod.ts";
import { keep, parameter, read, sizeOf, type Tensor, tensor } from "../src/tensor/mod.ts";
import { conv2d, crossEntropy, resizeBilinear } from "../src/wgsl/mod.ts";
import { type Spread, spread, torchTimes } from "./rates.ts";

/** What a training step costs. */
export interface StepCost {
  /** Milliseconds of a step, several submitted and awaited together. */
  readonly ms: Spread;
  /** Milliseconds of it that JavaScript took to record the step. */
  readonly recording: Spread;
  /** Milliseconds of it that JavaScript waited: while it submitted, and for the results. */
  readonly waiting: Spread;
  /** Milliseconds of the first step, with all compilation. */
  readonly first: number;
  /** Dispatches of a step. */
  readonly dispatches: number;
  /** Bytes of buffers in use at the fullest moment of a step. */
  readonly peakBytes: number;
  /** The kernels of a step, timed one by one on a second device; absent without timestamps. */
  readonly kernels?: readonly { readonly name: string; readonly count: number; ms: number }[];
  /** PyTorch's step with one thread, where it is installed. */
  readonly torch?: Spread;
  /** The largest difference of the first three losses from PyTorch's, relative. */
  readonly lossDifference?: number;
}

const BATCHES = 12;
const STEPS = 5; // submitted before one wait, which alone costs some 11 ms

/** Measures a step of a small encoder-decoder on `[4,3,96,96]`, beside PyTorch's of the same. */
export async function stepCost(device: Device): Promise<StepCost> {
  const { step, losses, first } = await trained(device);
  device.pool.peak = 0;
  const before = device.dispatches;
  step();
  const dispatches = device.dispatches - before;
  await device.idle();
  const [ms, recording, waiting]: number[][] = [[], [], []];
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = performance.now();
    let recorded = 0;
    for (let i = 0; i < STEPS; i++) {
      const begun = performance.now();
      step();
      recorded += performance.now() - begun;
      device.flush(); // a software driver computes in here, others return at once
    }
    await device.idle();
    const all = performance.now() - start;
    ms.push(all / STEPS);
    recording.push(recorded / STEPS);
    waiting.push((all - recorded) / STEPS);
  }
  const kernels = await kernelTimes();
  const { step: torch } = await torchTimes<{ ms: number[]; losses: number[] }>([
    { name: "step", step: BATCHES * STEPS },
  ]);
  return {
    ms: spread(ms),
    recording: spread(recording),
    waiting: spread(waiting),
    first,
    dispatches,
    peakBytes: device.pool.peak,
    kernels,
    torch: torch && spread(torch.ms.slice(1)),
    lossDifference: torch &&
      Math.max(...torch.losses.map((loss, i) => Math.abs(losses[i] - loss) / loss)),
  };
}

/** The step, after three of its kind. */
async function trained(
  device: Device,
): Promise<{ step: () => void; losses: number[]; first: number }> {
  const step = network(device);
  const losses: number[] = [];
  let first = 0;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    const loss = step(true)!;
    losses.push((await read(loss))[0]);
    if (i === 0) first = performance.now() - start;
    loss.release();
  }
  return { step: () => step(), losses, first };
}

/** 3>16, 16>32 stride 2, 32>64 stride 2, 64>64 dilation 2, all 3x3; upsampling by 4; 64>21, 1x1. */
function network(device: Device): (kept?: boolean) => Tensor | undefined {
  const shapes = [[16, 3, 3, 3], [32, 16, 3, 3], [64, 32, 3, 3], [64, 64, 3, 3], [21, 64, 1, 1]];
  const moves = [
    { padding: 1 },
    { padding: 1, stride: 2 },
    { padding: 1, stride: 2 },
    { padding: 2, dilation: 2 },
    {},
  ];
  const layers = shapes.map((shape, i) => ({
    w: parameter(device, ramp(shape, Math.sqrt(6 / sizeOf(shape.slice(1)))), shape),
    bias: parameter(device, new Float32Array(shape[0]), [shape[0]]),
    ...moves[i],
  }));
  const named = layers.flatMap(({ w, bias }, i) => [[`${i}.w`, w], [`${i}.b`, bias]] as const);
  const optimizer = new Sgd([{ parameters: named }], 0.9);
  const image = [4, 3, 96, 96];
  const x = keep(tensor(device, ramp(image, 1), image));
  const classes = Uint32Array.from({ length: 4 * 96 * 96 }, (_, i) => Math.floor(i / 7) % 21);
  const labels = keep(tensor(device, classes, [4, 96, 96]));
  return (kept = false) => {
    using _scope = device.scope();
    let y = x;
    for (const { w, ...options } of layers.slice(0, 4)) {
      y = conv2d(y, w, { ...options, activation: "relu" });
    }
    const { w, bias } = layers[4];
    const loss = crossEntropy(conv2d(resizeBilinear(y, 96, 96), w, { bias }), labels);
    optimizer.step(backward(loss), 0.01);
    return kept ? keep(loss) : undefined;
  };
}

/** Pseudo-random values in [-scale, scale), the same as torch_reference.py's. */
function ramp(shape: readonly number[], scale: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => (2 * (i * 7919 % 1009) / 1009 - 1) * scale,
  );
}

/** The least time of each kernel over several steps. */
async function kernelTimes(): Promise<StepCost["kernels"]> {
  let device: Device;
  try {
    device = await Device.open({ profile: true });
  } catch {
    return undefined; // the adapter has no timestamps
  }
  using profiled = device;
  const { step } = await trained(profiled);
  await profiled.profile();
  const least = new Map<string, { name: string; count: number; ms: number }>();
  for (let i = 0; i < BATCHES; i++) {
    step();
    for (const { name, count, nanoseconds } of await profiled.profile()) {
      const ms = Math.min(nanoseconds / 1e6, least.get(name)?.ms ?? Infinity);
      least.set(name, { name, count, ms });
    }
  }
  return [...least.values()].sort((a, b) => b.ms - a.ms);
}
