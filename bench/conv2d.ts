import { type Device, kernel } from "../src/gpu/mod.ts";
import { empty } from "../src/tensor/mod.ts";
import { conv2d, depthwiseConv2d } from "../src/wgsl/mod.ts";
import naiveCode from "./naive_conv2d.wgsl" with { type: "text" };
import { least, noise, passes, type Rate, torchTimes } from "./rates.ts";

const naive = kernel("naive_conv2d", naiveCode);

/** A convolution to measure. */
interface Case {
  readonly name: string;
  readonly x: readonly [number, number, number, number];
  readonly w: readonly [number, number, number, number];
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
}

const cases: readonly Case[] = [
  { name: "3x3 64>64 56x56", x: [4, 64, 56, 56], w: [64, 64, 3, 3], padding: 1 },
  { name: "3x3 32>32 112x112", x: [4, 32, 112, 112], w: [32, 32, 3, 3], padding: 1 },
  { name: "1x1 256>64 28x28", x: [4, 256, 28, 28], w: [64, 256, 1, 1] },
  { name: "3x3 s2 32>64 48x48", x: [4, 32, 48, 48], w: [64, 32, 3, 3], padding: 1, stride: 2 },
  { name: "3x3 d2 64>64 24x24", x: [4, 64, 24, 24], w: [64, 64, 3, 3], padding: 2, dilation: 2 },
  {
    name: "3x3 d12 64>64 28x28",
    x: [4, 64, 28, 28],
    w: [64, 64, 3, 3],
    padding: 12,
    dilation: 12,
  },
  { name: "3x3 3>16 96x96", x: [4, 3, 96, 96], w: [16, 3, 3, 3], padding: 1 },
  { name: "1x1 64>21 96x96", x: [4, 64, 96, 96], w: [21, 64, 1, 1] },
  {
    name: "depthwise 3x3 144 56x56",
    x: [4, 144, 56, 56],
    w: [144, 1, 3, 3],
    padding: 1,
    groups: 144,
  },
  {
    name: "depthwise 3x3 d2 576 28x28",
    x: [4, 576, 28, 28],
    w: [576, 1, 3, 3],
    padding: 2,
    dilation: 2,
    groups: 576,
  },
];

/** What convolutions cost, beside PyTorch with one thread and the naive loop. */
export async function conv2dRates(device: Device): Promise<Rate[]> {
  const torch = await torchTimes(cases);
  const rates: Rate[] = [];
  for (const { name, x: xs, w: ws, groups, ...options } of cases) {
    const x = noise(device, xs);
    const w = noise(device, ws);
    const op = groups ? depthwiseConv2d : conv2d;
    const ms = await passes(device, x, w, (a, b) => op(a, b, options));
    const { stride = 1, padding = 0, dilation = 1 } = options;
    const length = (size: number) =>
      Math.floor((size + 2 * padding - dilation * (ws[2] - 1) - 1) / stride) + 1;
    const flop = 2 * xs[0] * length(xs[2]) * length(xs[3]) * ws[0] * ws[1] * ws[2] * ws[3];
    const slow = rates.length === 0 ? await naiveTime(device, cases[0]) : undefined;
    rates.push({ name, flop, ms, torch: torch[name], naive: slow });
    for (const input of [x, w]) input.release();
  }
  return rates;
}

/** Milliseconds of the naive loop, for an image that keeps its size. */
async function naiveTime(
  device: Device,
  { x: xs, w: ws, padding: pad = 0 }: Case,
): Promise<number> {
  const [x, w] = [noise(device, xs), noise(device, ws)];
  const [n, c, h, width] = xs;
  const [o, , k] = ws;
  const ms = await least(device, () => {
    const y = empty(device, [n, o, h, width]);
    device.run(naive, { x, w, y }, {
      params: { c, o, h, w: width, k, pad, size: y.size },
      threads: y.size,
    });
    return y;
  }, 1);
  for (const input of [x, w]) input.release();
  return ms;
}
