import type { Random } from "../random.ts";
import { normals } from "../random.ts";
import { resizeMaps } from "../images/resize.ts";

/**
 * A random background, float RGB planes 3,H,W in 0..255: smooth colour with rectangles laid over
 * it, whose colour edges mean nothing.
 */
export function randomBackground(
  random: Random,
  width: number,
  height: number,
  clutter: number,
): Float32Array {
  const planes = smoothNoise(random, 3, width, height, 5, 22);
  const level = random.uniform(75, 180);
  for (let c = 0; c < 3; c++) {
    const mean = level + 28 * random.normal();
    for (let i = 0; i < width * height; i++) planes[c * width * height + i] += mean;
  }
  const count = clutter > 0 ? random.integer(2 * clutter + 1) : 0;
  for (let i = 0; i < count; i++) addRectangle(random, planes, width, height);
  return planes;
}

/** Smooth Gaussian noise, planes C,H,W: a coarse grid of normal numbers, enlarged bilinearly. */
export function smoothNoise(
  random: Random,
  channels: number,
  width: number,
  height: number,
  cells: number,
  deviation: number,
): Float32Array {
  const grid = normals(random, channels * cells * cells).map((value) => value * deviation);
  return resizeMaps(grid, channels, cells, cells, height, width);
}

/** Lays a rectangle of a random tint over the planes. */
function addRectangle(random: Random, planes: Float32Array, width: number, height: number): void {
  const w = Math.ceil(width * random.uniform(0.12, 0.5));
  const h = Math.ceil(height * random.uniform(0.12, 0.5));
  const left = random.integer(width) - (w >> 1);
  const top = random.integer(height) - (h >> 1);
  const tint = normals(random, 3).map((value) => value * 32);
  for (let y = Math.max(0, top); y < Math.min(height, top + h); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + w); x++) {
      for (let c = 0; c < 3; c++) planes[(c * height + y) * width + x] += tint[c];
    }
  }
}
