import { fromFileUrl } from "@std/path";
import { type Image, readImage } from "../src/data/images/image.ts";
import { Random } from "../src/data/random.ts";
import { scene } from "../src/data/synth/scene.ts";

const folder = new URL("../../shared/data/voc-animal/JPEGImages/", import.meta.url);

/** The first photographs of one size in the data beside the project, or else synthetic ones. */
export async function crfPhotographs(
  width: number,
  height: number,
  count: number,
): Promise<{ name: string; images: readonly Image[] }> {
  const images: Image[] = [];
  for (const path of await photographsIn(folder)) {
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

async function photographsIn(folder: URL): Promise<string[]> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    return names.map((name) => fromFileUrl(new URL(name, folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
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
