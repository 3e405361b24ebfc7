import { join } from "@std/path";
import { type Image, readImage } from "../src/data/images/image.ts";
import { Random } from "../src/data/random.ts";
import { scene } from "../src/data/synth/scene.ts";

/** The first photographs of one size in a folder, or else synthetic ones. */
export async function crfPhotographs(
  width: number,
  height: number,
  count: number,
  folder?: string,
): Promise<{ name: string; images: readonly Image[] }> {
  const images: Image[] = [];
  for (const path of folder ? await photographsIn(folder) : []) {
    if (images.length === count) break;
    const image = await readImage(path);
    if (image.width === width && image.height === height) images.push(image);
  }
  const size = `${width}x${height}`;
  if (images.length === count) return { name: `photographs of ${size}`, images };
  const random = new Random(1);
  return {
    name: `synthetic pictures of ${size}`,
    images: Array.from({ length: count }, () => scene(random, { width, height }).image),
  };
}

async function photographsIn(folder: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  return names.map((name) => join(folder, name));
}

/** Energies of a grid of labels with noise. */
export function crfEnergies(
  { width, height }: Image,
  labels: number,
): Float32Array<ArrayBuffer> {
  const random = new Random(labels);
  const pixels = width * height;
  return Float32Array.from({ length: labels * pixels }, (_, i) => {
    const p = i % pixels;
    const patch = Math.floor(p % width / 50) + 3 * Math.floor(p / width / 60);
    return (Math.floor(i / pixels) === patch % labels ? 0.5 : 3) + random.next();
  });
}
