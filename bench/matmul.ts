import type { Device } from "../src/gpu/mod.ts";
import { matmul } from "../src/wgsl/mod.ts";
import { noise, passes, type Rate, torchTimes } from "./rates.ts";

const cases = [
  { name: "matmul 1024^3", a: [1024, 1024], b: [1024, 1024] },
  { name: "matmul 256x2048 2048x512", a: [256, 2048], b: [2048, 512] },
];

/** What matrix products cost, beside PyTorch with one thread. */
export async function matmulRates(device: Device): Promise<Rate[]> {
  const torch = await torchTimes(cases);
  const rates: Rate[] = [];
  for (const { name, a: [m, k], b: [, n] } of cases) {
    const [a, b] = [noise(device, [m, k]), noise(device, [k, n])];
    const ms = await passes(device, a, b, matmul);
    rates.push({ name, flop: 2 * m * k * n, ms, torch: torch[name] });
    for (const input of [a, b]) input.release();
  }
  return rates;
}
