import type { Mask } from "../masks/mask.ts";
import type { Random } from "../random.ts";
import { smoothNoise } from "./background.ts";
import type { Maps } from "../images/resize.ts";

/** How many image pixels one cell of a seed map is wide and high. */
const seedStride = 8;

/**
 * A seed such as a class activation map would give: one map of height/8 x width/8, 0..1.
 *
 * The object's pixels are weighted by an off-centre Gaussian g as .15 + .85 g (the part that
 * tells the class apart), blurred, averaged to 1/8 resolution, divided by the maximum, and a
 * little smooth noise is added. The truth is used for nothing else.
 */
export function randomSeed(random: Random, truth: Mask, index: number): Maps {
  const { width, height } = truth;
  const unit = Math.min(width, height) / 64;
  const weighted = discriminativePart(random, truth, index);
  const blurred = blur(weighted, width, height, unit * random.uniform(2.5, 4.5));
  const [w, h] = [Math.ceil(width / seedStride), Math.ceil(height / seedStride)];
  const data = reduce(blurred, width, w, h);
  const maximum = Math.max(1e-6, data.reduce((a, b) => Math.max(a, b), 0));
  const noise = smoothNoise(random, 1, w, h, 6, 0.03);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(1, Math.max(0, data[i] / maximum + noise[i]));
  }
  return { channels: 1, height: h, width: w, data };
}

function discriminativePart(random: Random, truth: Mask, index: number): Float32Array {
  const { width } = truth;
  let [count, x, y, spread] = [0, 0, 0, 0];
  for (let i = 0; i < truth.data.length; i++) {
    if (truth.data[i] !== index) continue;
    count++;
    x += i % width;
    y += Math.floor(i / width);
    spread += (i % width) ** 2 + Math.floor(i / width) ** 2;
  }
  [x, y] = [x / count, y / count];
  const deviation = Math.sqrt(Math.max(1, spread / count - x * x - y * y));
  const angle = random.uniform(0, 2 * Math.PI);
  const [cx, cy] = [x + deviation * 0.7 * Math.cos(angle), y + deviation * 0.7 * Math.sin(angle)];
  const sigma = deviation * 0.7;
  return Float32Array.from(truth.data, (value, i) => {
    if (value !== index) return 0;
    const distance = (i % width - cx) ** 2 + (Math.floor(i / width) - cy) ** 2;
    return 0.15 + 0.85 * Math.exp(-distance / (2 * sigma * sigma));
  });
}

/** Gaussian blur of one plane, separable, cut at 3 sigma; zero outside. */
function blur(plane: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const kernel = Float32Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((a, b) => a + b);
  const along = (from: Float32Array, length: number, step: number, lines: number, skip: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < length; i++) {
        let value = 0;
        const last = Math.min(length - 1, i + reach);
        for (let j = Math.max(0, i - reach); j <= last; j++) {
          value += from[line * skip + j * step] * kernel[j - i + reach];
        }
        to[line * skip + i * step] = value / sum;
      }
    }
    return to;
  };
  return along(along(plane, width, 1, height, width), height, width, width, 1);
}

/** Mean over the blocks of a w x h grid; the last blocks may be smaller. */
function reduce(
  plane: Float32Array,
  width: number,
  w: number,
  h: number,
): Float32Array {
  const sums = new Float32Array(w * h);
  const counts = new Float32Array(w * h);
  for (let i = 0; i < plane.length; i++) {
    const cell = Math.floor(Math.floor(i / width) / seedStride) * w +
      Math.floor(i % width / seedStride);
    sums[cell] += plane[i];
    counts[cell]++;
  }
  return sums.map((value, i) => value / counts[i]);
}
