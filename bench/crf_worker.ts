/** Does batches of the dense CRF on a device of its own, one at each message: `TwoDevices` of `two_devices.ts`. */
import { DenseCrf } from "../src/crf/mod.ts";
import { Device } from "../src/gpu/mod.ts";
import { crfEnergies } from "./crf_inputs.ts";
import type { CrfBatch } from "./two_devices.ts";

const device = await Device.open();
self.addEventListener("message", async ({ data }: MessageEvent<CrfBatch>) => {
  using crf = new DenseCrf(device, { iterations: data.iterations });
  const inputs = data.images.map((image) => ({ image, unary: crfEnergies(image, data.labels) }));
  await Array.fromAsync(crf.labelsOfAll(inputs.slice(0, 1))); // compiles, and makes the lattice of positions
  const start = performance.now();
  await Array.fromAsync(crf.labelsOfAll([...inputs, ...inputs]));
  self.postMessage({ start: performance.timeOrigin + start, images: 2 * inputs.length });
});
self.postMessage("ready");
