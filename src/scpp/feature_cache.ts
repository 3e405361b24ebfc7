import { join } from "@std/path";
import { writeAtomic } from "../data/atomic.ts";
import { checksum } from "../data/checksum.ts";
import { InputError } from "../data/error.ts";
import { fileError } from "../data/file_error.ts";
import { type ExampleJob, loadExamples } from "../data/load_example.ts";
import { makeFolder } from "../data/make_folder.ts";
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
   * Opens the cache under a folder, computing what it lacks. Each choice of encoder, size and
   * photographs has one of its own.
   *
   * @param images paths of the photographs, in the order of later indices
   * @param key says which encoder with which weights the features are of
   * @throws {InputError} when a photograph or the cache cannot be read or written.
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
    const shapes = probe(device, networks, size);
    const contents = JSON.stringify({ key, size, shapes, images });
    const own = join(folder, `features-${(await checksum(contents)).slice(0, 8)}`);
    await makeFolder(own);
    await writeAtomic(join(own, "features.json"), contents + "\n");
    const path = join(own, "features.f16");
    const record = 2 * shapes.reduce((sum, [c, h, w]) => sum + c * h * w, 0);
    using file = openAlone(path);
    const done = Math.floor((await file.stat()).size / (2 * record));
    if (done < images.length) {
      await file.truncate(done * 2 * record);
      await file.seek(0, Deno.SeekMode.End);
      await compute({ path, file }, networks, images, size, done, context);
    }
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

/** Opens the file for this process alone: two that fill it would mix their records. */
function openAlone(path: string): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true, create: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new InputError(`Cannot write ${path}: another process is computing it. Wait for it.`);
}

async function compute(
  { path, file }: { readonly path: string; readonly file: Deno.FsFile },
  { segmenter, normalisation }: Networks,
  images: readonly string[],
  size: number,
  done: number,
  { device: open, progress, signal }: Context,
): Promise<void> {
  const device = await open();
  const display = progress("features", images.length, done);
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
    for (const part of words) await writeFully(file, new Uint8Array(part.buffer), path);
    if (++views % 2 === 0) display.update(views / 2);
  }
  display.done();
}

async function writeFully(file: Deno.FsFile, bytes: Uint8Array, path: string): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  } catch (error) {
    throw fileError("write", path, error);
  }
}

function readFully(file: Deno.FsFile, bytes: Uint8Array, path: string): void {
  for (let at = 0; at < bytes.length;) {
    const n = file.readSync(bytes.subarray(at));
    if (n === null) {
      throw new InputError(`Cannot read ${path}: it is cut short. Delete it and run again.`);
    }
    at += n;
  }
}
