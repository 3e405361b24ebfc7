import { Device } from "../src/gpu/mod.ts";
import { backward } from "../src/nn/backward.ts";
import { detach, parameter, type Tensor, tensor } from "../src/tensor/mod.ts";
import * as op from "../src/wgsl/mod.ts";

/** What a memory-bound op costs. */
export interface MemoryBound {
  /** The op. */
  readonly name: string;
  /** Milliseconds of one run of the op alone, and of op and gradients. */
  readonly forward: number;
  readonly both: number;
  /** What its tensors hold: bytes read and written once each, forwards and both ways. */
  readonly bytes: number;
  readonly bothBytes: number;
}

/** An op to measure: its output, and how many maps of the input's size each way must move. */
interface Measured {
  run(x: Tensor, given: Given): Tensor;
  readonly maps: number;
  readonly bothMaps: number;
}

interface Given {
  readonly other: Tensor;
  readonly labels: Tensor;
  readonly state: op.BatchNormState;
}

const SHAPE = [4, 32, 112, 112];

const measured: Record<string, Measured> = {
  relu: { run: (x) => op.relu(x), maps: 2, bothMaps: 5 },
  add: { run: (x, { other }) => op.add(x, other), maps: 3, bothMaps: 3 },
  "add a channel's bias": {
    run: (x, { state }) => op.add(x, flat(state.bias)),
    maps: 2,
    bothMaps: 2,
  },
  "batch norm, frozen": {
    run: (x, { state }) => op.batchNorm(x, state, "infer"),
    maps: 2,
    bothMaps: 4,
  },
  "batch norm + relu, train": {
    run: (x, { state }) => op.batchNorm(x, state, "train", { activation: "relu" }),
    maps: 3,
    bothMaps: 8,
  },
  "resize x2": { run: (x) => op.resizeBilinear(x, 224, 224), maps: 5, bothMaps: 10 },
  "resize x 1/2": { run: (x) => op.resizeBilinear(x, 56, 56), maps: 1.25, bothMaps: 2.5 },
  "pad by reflection": { run: (x) => op.padReflect(x, 1), maps: 2, bothMaps: 4 },
  "max pool 2": { run: (x) => op.maxPool(x, { size: 2 }), maps: 1.25, bothMaps: 2.75 },
  concat: { run: (x, { other }) => op.concat([x, other]), maps: 4, bothMaps: 6 },
  softmax: { run: (x) => op.softmax(x), maps: 2, bothMaps: 5 },
  "cross-entropy": { run: (x, { labels }) => op.crossEntropy(x, labels), maps: 1, bothMaps: 3 },
  sum: { run: (x) => op.sum(x), maps: 1, bothMaps: 2 },
};

/** Measures the memory-bound ops on `[4,32,112,112]`, the fastest of some runs of a few each. */
export async function memoryBound(device: Device): Promise<MemoryBound[]> {
  const size = SHAPE.reduce((a, b) => a * b);
  const x = parameter(device, ramp(size), SHAPE);
  const given = {
    other: tensor(device, ramp(size), SHAPE),
    labels: tensor(device, new Uint32Array(size / 32).map((_, i) => i % 33), [4, 112, 112]),
    state: {
      ...{ weight: ones(device), bias: ones(device) },
      ...{ runningMean: ones(device), runningVar: ones(device) },
    },
  };
  const rows: MemoryBound[] = [];
  for (const [name, { run, maps, bothMaps }] of Object.entries(measured)) {
    const forward = await fastest(device, () => run(detach(x), given));
    const both = await fastest(device, () => backward(run(x, given)));
    rows.push({ name, forward, both, bytes: 4 * size * maps, bothBytes: 4 * size * bothMaps });
  }
  x.release();
  return rows;
}

async function fastest(device: Device, work: () => void, repeats = 4): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 6; round++) {
    await device.idle();
    const start = performance.now();
    for (let i = 0; i < repeats; i++) {
      using _scope = device.scope();
      work();
    }
    await device.idle();
    best = Math.min(best, (performance.now() - start) / repeats);
  }
  return best;
}

function ramp(size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: size }, (_, i) => (i % 257) / 128 - 1);
}

function ones(device: Device): Tensor {
  return tensor(device, new Float32Array(32).fill(1), [32]);
}

function flat(bias: Tensor): Tensor {
  return tensor(bias.device, new Float32Array(bias.size), [bias.size, 1, 1]);
}

if (import.meta.main) {
  using device = await Device.open();
  const rate = (bytes: number, ms: number) => (bytes / ms / 1e6).toFixed(1);
  console.table((await memoryBound(device)).map((row) => ({
    op: row.name,
    ms: row.forward.toFixed(2),
    "GB/s": rate(row.bytes, row.forward),
    "ms with gradients": row.both.toFixed(2),
    "GB/s with gradients": rate(row.bothBytes, row.both),
  })));
}
