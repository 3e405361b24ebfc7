import { Random } from "../src/data/random.ts";
import type { Device } from "../src/gpu/mod.ts";
import { backward } from "../src/nn/mod.ts";
import { parameter, type Tensor, tensor } from "../src/tensor/mod.ts";
import { losses } from "../src/segmentation/losses/losses.ts";
import type { LossInput, LossKind } from "../src/segmentation/losses/segmentation_loss.ts";

/** What a loss costs beside the network. */
export interface LossCost {
  /** What `--loss` calls it. */
  readonly name: string;
  /** Least milliseconds of the loss and its gradient by the scores. */
  readonly ms: number;
  /** Dispatches of both. */
  readonly dispatches: number;
  /** Bytes of buffers that it adds at its fullest moment. */
  readonly peakBytes: number;
}

const BATCHES = 5;
const STEPS = 3; // submitted before one wait, which alone costs some 11 ms
const [N, CLASSES, SIDE] = [8, 21, 64];

/** Measures every loss of `train segmenter` on scores `[8,21,64,64]` of images of 1 to 3 classes. */
export async function lossCosts(device: Device): Promise<LossCost[]> {
  const costs: LossCost[] = [];
  const input = batch(device);
  for (const [name, kind] of Object.entries(losses as Readonly<Record<string, LossKind>>)) {
    using loss = kind.open(device, {});
    const step = () => {
      using _scope = device.scope();
      backward(loss.of(input));
    };
    for (let i = 0; i < 2; i++) step();
    await device.idle();
    const { bytes } = device.pool;
    device.pool.peak = 0;
    const before = device.dispatches;
    step();
    await device.idle();
    const [dispatches, peak] = [device.dispatches - before, device.pool.peak];
    let ms = Infinity;
    for (let i = 0; i < BATCHES; i++) {
      const start = performance.now();
      for (let k = 0; k < STEPS; k++) step();
      await device.idle();
      ms = Math.min(ms, (performance.now() - start) / STEPS);
    }
    costs.push({ name, ms, dispatches, peakBytes: peak - bytes });
  }
  return costs;
}

/** Blobs of the shown classes in the scores and the colours, seeds in a tenth of the pixels. */
function batch(device: Device): LossInput {
  const random = new Random("losses");
  const shown = Array.from({ length: N }, (_, n) => [1, 8, 15].slice(0, 1 + n % 3));
  const [logits, picture] = [N * CLASSES, N * 3].map((planes) =>
    new Float32Array(planes * SIDE * SIDE).map(() => random.next())
  );
  const seeds = new Uint32Array(N * SIDE * SIDE).fill(255);
  for (let n = 0; n < N; n++) {
    for (let u = 0; u < SIDE * SIDE; u++) {
      const [x, y] = [u % SIDE, Math.floor(u / SIDE)];
      const blob = shown[n].findIndex((_, k) => Math.hypot(x - 14 - 18 * k, y - 30) < 9);
      const c = blob < 0 ? 0 : shown[n][blob];
      logits[(n * CLASSES + c) * SIDE * SIDE + u] += 5 * random.next();
      for (let k = 0; k < 3; k++) picture[(n * 3 + k) * SIDE * SIDE + u] += 60 * (c % 4);
      if (random.next() < 0.1) seeds[n * SIDE * SIDE + u] = c;
    }
  }
  const flags = new Float32Array(N * (CLASSES - 1));
  shown.forEach((own, n) => own.forEach((c) => flags[n * (CLASSES - 1) + c - 1] = 1));
  const colours: Tensor = tensor(device, picture, [N, 3, SIDE, SIDE]);
  return {
    logits: parameter(device, logits, [N, CLASSES, SIDE, SIDE]),
    labels: tensor(device, flags, [N, CLASSES - 1]),
    masks: tensor(device, seeds, [N, SIDE, SIDE]),
    colours: () => colours,
  };
}
