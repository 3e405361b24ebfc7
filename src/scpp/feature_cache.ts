import { join } from "@std/path";
import { writeAtomic } from "../data/atomic.ts";
import { InputError } from "../data/error.ts";
import { type ExampleJob, loadExamples } from "../data/load_example.ts";
import type { Device } from "../gpu/mod.ts";
import type { Context } from "../pipeline/stage.ts";
import { readIndices, type Tensor, tensor } from "../tensor/mod.ts";
import { packHalf, unpackHalf } from "../wgsl/mod.ts";
import type { Networks } from "./networks.ts";

/**
 * The features of a frozen encoder, computed once for every photograph and its mirror image and kept
 * on disk in half precision.
 *
 * The file holds records in the order of the ids, photograph then mirror image; a file that is too
 * short is continued, so an interrupted computation loses nothing.
 */
export class FeatureCache implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #sizes: readonly number[];

  private constructor(
    readonly device: Device,
    readonly path: string,
    /** Shapes `[c, h, w]` of the features of one image. */
    readonly shapes: readonly (readonly number[])[],
  ) {
    this.#file = Deno.openSync(path, { read: true });
    this.#sizes = shapes.map(([c, h, w]) => c * h * w);
  }

  /**
   * Opens the cache in a folder, computing what it lacks.
   *
   * @param images paths of the photographs, in the order of later indices
   * @param key says of what the features are; a cache with another key is computed anew
   */
  static async open(
    folder: string,
    networks: Networks,
    images: readonly string[],
    size: number,
    key: string,
    context: Context,
  ): Promise<FeatureCache> {
    const device = await context.device();
    const [path, keyPath] = [join(folder, "features.f16"), join(folder, "features.json")];
    await Deno.mkdir(folder, { recursive: true });
    const shapes = probe(device, networks, size);
    const wanted = JSON.stringify({ key, size, shapes, images });
    const record = 2 * shapes.reduce((sum, [c, h, w]) => sum + c * h * w, 0);
    const known = await Deno.readTextFile(keyPath).catch(() => "");
    if (known !== wanted) {
      await Deno.writeFile(path, new Uint8Array());
      await writeAtomic(keyPath, wanted);
    }
    const { size: bytes } = await Deno.stat(path).catch(() => ({ size: 0 }));
    const done = Math.floor(bytes / (2 * record));
    await Deno.truncate(path, done * 2 * record).catch(() => {});
    if (done < images.length) await compute(path, networks, images, size, done, context);
    return new FeatureCache(device, path, shapes);
  }

  /** The features of some images, mirrored where asked, each `[n, c, h, w]`. */
  batch(items: readonly { readonly index: number; readonly mirrored: boolean }[]): Tensor[] {
    const words = this.#sizes.map((size) => new Uint32Array(items.length * size / 2));
    const record = 2 * this.#sizes.reduce((a, b) => a + b, 0);
    items.forEach(({ index, mirrored }, n) => {
      this.#file.seekSync((2 * index + Number(mirrored)) * record, Deno.SeekMode.Start);
      this.#sizes.forEach((size, i) => {
        const part = words[i].subarray(n * size / 2, (n + 1) * size / 2);
        readFully(
          this.#file,
          new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
          this.path,
        );
      });
    });
    return words.map((data, i) => {
      const packed = tensor(this.device, data, [data.length]);
      const features = unpackHalf(packed, [items.length, ...this.shapes[i]]);
      packed.release();
      return features;
    });
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function probe(device: Device, { segmenter }: Networks, size: number): number[][] {
  using _scope = device.scope();
  const x = tensor(device, new Float32Array(3 * size * size), [1, 3, size, size]);
  return segmenter.encode(x, "infer").map(({ shape }) => shape.slice(1));
}

async function compute(
  path: string,
  { segmenter, normalisation }: Networks,
  images: readonly string[],
  size: number,
  done: number,
  { device: open, progress, signal }: Context,
): Promise<void> {
  const device = await open();
  const display = progress("features", images.length);
  using file = await Deno.open(path, { append: true });
  const jobs = images.slice(done).flatMap((image) =>
    [false, true].map((flip): ExampleJob => ({
      image,
      view: { width: size, height: size, flip },
      seed: 0,
      normalise: normalisation,
    }))
  );
  let views = 2 * done;
  for await (const { planes } of loadExamples(jobs)) {
    signal.throwIfAborted();
    using _scope = device.scope();
    const x = tensor(device, planes as Float32Array<ArrayBuffer>, [1, 3, size, size]);
    const packed = segmenter.encode(x, "infer").map(packHalf);
    const words = await Promise.all(packed.map(readIndices));
    for (const part of words) await writeFully(file, new Uint8Array(part.buffer));
    if (++views % 2 === 0) display.update(views / 2);
  }
  display.done();
}

async function writeFully(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

function readFully(file: Deno.FsFile, bytes: Uint8Array, path: string): void {
  for (let at = 0; at < bytes.length;) {
    const n = file.readSync(bytes.subarray(at));
    if (n === null) {
      throw new InputError(`Cannot read ${path}: it is cut short. Delete it and run again`);
    }
    at += n;
  }
}
