import { Random } from "../src/data/random.ts";
import type { Device } from "../src/gpu/mod.ts";
import { type BackboneOptions, makeBackbone } from "../src/models/mod.ts";
import { backward, parameters, Sgd } from "../src/nn/mod.ts";
import { untracked } from "../src/tensor/mod.ts";
import { sum } from "../src/wgsl/mod.ts";
import { noise, torchTimes } from "./rates.ts";

/** A network as torchvision calls it, a photograph, and what is measured. */
interface NetworkCase {
  /** In torchvision. */
  readonly torch: string;
  /** Here. */
  readonly options: BackboneOptions;
  /** Height and width of the photograph. */
  readonly size: readonly [number, number];
  /** Whether a step of training is measured too. */
  readonly trains?: boolean;
}

const cases: readonly NetworkCase[] = [
  {
    torch: "mobilenet_v2",
    options: { network: "mobilenet-v2", variant: "torchvision", outputStride: 32 },
    size: [256, 256],
  },
  {
    torch: "mobilenet_v2",
    options: { network: "mobilenet-v2", variant: "torchvision", outputStride: 32 },
    size: [375, 500],
  },
  {
    torch: "resnet18",
    options: { network: "resnet18", outputStride: 32 },
    size: [256, 256],
    trains: true,
  },
  {
    torch: "resnet50",
    options: { network: "resnet50", outputStride: 32 },
    size: [256, 256],
    trains: true,
  },
  { torch: "resnet50", options: { network: "resnet50", outputStride: 32 }, size: [375, 500] },
];

/** What a network costs on one photograph. */
export interface NetworkCost {
  /** The network and the size. */
  readonly name: string;
  /** Least milliseconds of the maps of one photograph. */
  readonly forward: number;
  /** Of a step of training from stage 1 on: maps, gradients, SGD. */
  readonly step?: number;
  /** MB of buffers in use at the fullest moment. */
  readonly peak: number;
  /** The same by PyTorch with one thread, where it is installed with torchvision. */
  readonly torch?: readonly [forward: number, step?: number];
}

/** The published encoders at full width beside torchvision's. */
export async function networkCosts(device: Device): Promise<readonly NetworkCost[]> {
  const own: NetworkCost[] = [];
  for (const { torch, options, size, trains } of cases) {
    const name = `${torch} ${size[1]}x${size[0]}`;
    own.push({ name, ...await measured(device, options, size, trains) });
  }
  const asked = cases.map(({ torch, size, trains }, i) => ({
    ...{ name: own[i].name, network: torch, size, trains: trains ?? false },
  }));
  const times = await torchTimes<[number, number?]>(asked);
  return own.map((cost) => ({ ...cost, torch: times[cost.name] }));
}

async function measured(
  device: Device,
  options: BackboneOptions,
  [height, width]: readonly [number, number],
  trains = false,
) {
  using encoder = makeBackbone(device, options, new Random(1), "seeds");
  const x = noise(device, [1, 3, height, width]);
  device.pool.peak = 0;
  const forward = await least(device, () => {
    untracked(() => encoder.encode(x, "infer"));
  });
  const own = [...parameters(encoder.trained)].filter(([name]) => !encoder.fixed?.(name));
  if (trains) {
    for (const [name, tensor] of encoder.tensors) tensor.trained &&= !encoder.fixed?.(name);
  }
  const optimizer = trains ? new Sgd([{ parameters: own }]) : undefined;
  const step = optimizer && await least(device, () => {
    optimizer.step(backward(sum(encoder.encode(x, "train").at(-1)!)), 1e-6);
  });
  const peak = device.pool.peak / 1e6;
  x.release();
  return { forward, step, peak };
}

/** Least milliseconds of four, awaited one by one. */
async function least(device: Device, work: () => void): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    {
      using _scope = device.scope();
      work();
    }
    await device.idle();
    times.push(performance.now() - start);
  }
  return Math.min(...times.slice(1)); // the first compiles
}
