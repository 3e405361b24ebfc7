import type { Device } from "../src/gpu/mod.ts";
import { tune } from "../src/gpu/tune.ts";
import { empty, inPrecision, type Tensor } from "../src/tensor/mod.ts";
import { copyAll } from "../src/wgsl/copy/copy.ts";
import { conv2d, matmul } from "../src/wgsl/mod.ts";
import { nanoseconds } from "./gpu_peaks.ts";
import { noise } from "./rates.ts";

/** Operations from which on a product is large: its rate is to reach a share of the peak. */
export const LARGE = 2e9;

/** What was measured of products. */
export interface Products {
  /** Those that there was time for. */
  readonly times: readonly ProductTime[];
  /** How many there was no time for. */
  readonly leftOut: number;
  /** What the tuner found, where the device has something to choose from. */
  readonly tuned?: Tuned;
}

/** A product and how long its passes take. */
export interface ProductTime {
  /** The case and the pass. */
  readonly name: string;
  /** Floating-point operations. */
  readonly flop: number;
  /** Nanoseconds by the usual tile. */
  readonly usual: number;
  /** Nanoseconds by the tile that was measured to be the fastest, where tiles were measured. */
  readonly tuned?: number;
}

/** What the tuner found. */
export interface Tuned {
  /** By class of shapes, the tile. */
  readonly choices: readonly (readonly [name: string, choice: string])[];
  /** Seconds that it took. */
  readonly seconds: number;
}

/** Products of the sizes that networks have. */
interface Case {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly options?: { readonly stride?: number; readonly padding?: number; dilation?: number };
}

const full: readonly Case[] = [
  { name: "matmul 1024^3", x: [1024, 1024], w: [1024, 1024] },
  { name: "matmul 4096^3", x: [4096, 4096], w: [4096, 4096] },
  { name: "matmul 256x2048x512", x: [256, 2048], w: [2048, 512] },
  { name: "3x3 64>64 56x56", x: [4, 64, 56, 56], w: [64, 64, 3, 3], options: { padding: 1 } },
  { name: "3x3 256>256 56x56", x: [8, 256, 56, 56], w: [256, 256, 3, 3], options: { padding: 1 } },
  { name: "3x3 512>512 14x14", x: [4, 512, 14, 14], w: [512, 512, 3, 3], options: { padding: 1 } },
  {
    name: "3x3 d2 512>512 41x41",
    x: [4, 512, 41, 41],
    w: [512, 512, 3, 3],
    options: { padding: 2, dilation: 2 },
  },
  {
    name: "3x3 s2 32>64 48x48",
    x: [4, 32, 48, 48],
    w: [64, 32, 3, 3],
    options: { padding: 1, stride: 2 },
  },
  { name: "1x1 1024>256 14x14", x: [4, 1024, 14, 14], w: [256, 1024, 1, 1] },
  { name: "1x1 64>21 96x96", x: [4, 64, 96, 96], w: [21, 64, 1, 1] },
  {
    name: "7x7 s2 3>64 224x224",
    x: [4, 3, 224, 224],
    w: [64, 3, 7, 7],
    options: { padding: 3, stride: 2 },
  },
];

const short: readonly Case[] = [
  { name: "matmul 64x40x48", x: [64, 40], w: [40, 48] },
  { name: "3x3 8>16 9x8", x: [1, 8, 9, 8], w: [16, 8, 3, 3], options: { padding: 1 } },
];

/**
 * Times the three passes of every product, before and after the tuner, and the forward pass on maps in f16
 * where the device has them; what would not end in its share of `seconds` is left out. Software devices
 * take `brief` cases.
 *
 * @param keep takes what is known so far
 */
export async function productTimes(
  device: Device,
  brief: boolean,
  seconds: number,
  keep: (found: Products) => void,
): Promise<Products> {
  const start = performance.now();
  const until = (part: number) => brief ? Infinity : start + 1000 * part * seconds;
  const known: (Pass & { readonly usual: number })[] = [];
  let rate = Infinity; // operations a nanosecond of the slowest so far
  let leftOut = 0;
  for (const test of brief ? short : full) {
    for (const pass of passesOf(device, test)) { // made when its turn comes
      const left = until(0.4) - performance.now();
      if (left < REPEATED * pass.flop / rate / 1e6) {
        leftOut++;
        continue;
      }
      const usual = await nanoseconds(device, pass.run);
      rate = Math.min(rate, pass.flop / usual);
      known.push({ ...pass, usual });
      keep({ times: known.map(shown), leftOut });
    }
  }
  const tunes = !device.texels && device.timed;
  const tuned = tunes ? await tuneAll(device, known, brief ? start : until(0.7)) : undefined;
  const times: ProductTime[] = known.map(shown);
  for (const [i, { run }] of known.entries()) {
    if (!tuned || performance.now() > until(1)) break;
    times[i] = { ...times[i], tuned: await nanoseconds(device, run) };
    keep({ times, leftOut, tuned });
  }
  return { times, leftOut, tuned };
}

/** How often a slow run is repeated by {@linkcode nanoseconds}, compilation included. */
const REPEATED = 4;

function shown({ name, flop, usual }: Omit<ProductTime, "tuned">): ProductTime {
  return { name, flop, usual };
}

async function tuneAll(
  device: Device,
  runs: readonly { readonly run: () => void }[],
  until: number,
): Promise<Tuned> {
  const start = performance.now();
  device.choices.measuring = true;
  for (const { run } of runs) device.rehearse(run);
  const enough = new AbortController();
  const shown = () => performance.now() > until && enough.abort();
  await tune(device, { shown, signal: enough.signal }).catch((error) => {
    if (!enough.signal.aborted) throw error;
  });
  device.choices.measuring = false;
  return { choices: device.choices.entries(), seconds: (performance.now() - start) / 1000 };
}

/** One pass of a case. */
interface Pass {
  readonly name: string;
  readonly flop: number;
  readonly run: () => void;
}

function passesOf(device: Device, { name, x, w, options }: Case): Pass[] {
  const [a, b] = [noise(device, x), noise(device, w)];
  const op = () => options || x.length === 4 ? conv2d(a, b, options) : matmul(a, b);
  let y!: Tensor;
  device.rehearse(() => y = op()); // its shape and its gradients, without the work
  const dy = noise(device, y.shape);
  const flop = x.length === 2
    ? 2 * x[0] * x[1] * w[1]
    : 2 * y.size * w.slice(1).reduce((product, size) => product * size, 1);
  const pull = (input: Tensor) => () =>
    y.edges.find((edge) => edge.input === input)!.pullback(dy).release();
  const halved = () => {
    const half = empty(device, x, "f16");
    copyAll(a, half);
    const run = () => inPrecision("f16", () => conv2d(half, b, options)).release();
    return { name: `${name}, maps in f16`, flop, run };
  };
  return [
    { name, flop, run: () => op().release() },
    ...(device.halves && x.length === 4 ? [halved()] : []),
    { name: `${name}, by ${x.length === 2 ? "first" : "input"}`, flop, run: pull(a) },
    { name: `${name}, by ${x.length === 2 ? "second" : "weights"}`, flop, run: pull(b) },
  ];
}
