import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { fileError } from "../files/file_error.ts";
import { InputNotes } from "../files/input_notes.ts";
import { noteOptions, ownFolder } from "../files/made_with.ts";
import { outputFolder } from "../files/output_folder.ts";
import type { Device } from "../gpu/mod.ts";
import { type Tensor, tensor } from "../tensor/mod.ts";
import { unpackHalf } from "../wgsl/mod.ts";
import type { Context } from "../options/command.ts";
import {
  type FeatureEncoder,
  type FeatureShapes,
  featureShapes,
  featuresOfAll,
  type PackedFeatures,
  type ViewedImage,
} from "./features.ts";

/** Computes features of photographs otherwise than {@linkcode featuresOfAll} does, or does not. */
export type Elsewhere = (
  device: Device,
  images: readonly ViewedImage[],
  shapes: FeatureShapes,
) => Promise<AsyncIterable<PackedFeatures> | undefined>;

/**
 * The features of a frozen encoder, computed once for every view of every photograph and kept on
 * disk in half precision.
 *
 * The file holds records in the order of the photographs, and of the views of each; a file that is
 * too short is continued, so an interrupted computation loses nothing, and the records of photographs
 * that were replaced under their names are computed again.
 */
export class FeatureCache implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #sizes: readonly number[];

  private constructor(
    readonly device: Device,
    readonly path: string,
    /** Shapes `[c, h, w]` of the features of one view. */
    readonly shapes: FeatureShapes,
    /** Views of each photograph. */
    readonly views: number,
  ) {
    this.#file = Deno.openSync(path, { read: true });
    this.#sizes = shapes.map(([c, h, w]) => c * h * w);
  }

  /**
   * Opens the cache under a folder, computing what it lacks. Each choice of encoder and views has one
   * of its own.
   *
   * @param images the photographs, in the order of later indices
   * @param key says which encoder with which weights the features are of
   * @param elsewhere computes them, where it does
   * @throws {InputError} when a photograph or the cache cannot be read or written.
   */
  static async open(
    folder: string,
    encoder: FeatureEncoder,
    images: readonly ViewedImage[],
    key: string,
    context: Context,
    elsewhere: Elsewhere = () => Promise.resolve(undefined),
  ): Promise<FeatureCache> {
    const device = await context.device();
    const shapes = featureShapes(device, encoder, images[0].views[0]);
    const own = await ownFolder(folder, "features", { key, shapes, images });
    await noteOptions(own, { key, shapes, photographs: images.length });
    await outputFolder(own);
    const path = join(own, "features.f16");
    const perImage = images[0].views.length;
    const record = 2 * perImage * shapes.reduce((sum, [c, h, w]) => sum + c * h * w, 0);
    using file = openAlone(path);
    const notes = await InputNotes.open(own);
    const done = Math.floor((await file.stat()).size / record);
    const missing: number[] = [];
    for (const [i, { image }] of images.entries()) {
      const state = await notes.state({ id: image, inputs: [image], outputs: [path] });
      if (i >= done || state !== "done") missing.push(i);
    }
    if (missing.length > 0) {
      await file.truncate(Math.min(done, images.length) * record);
      const again = missing.filter((i) => i < done);
      if (again.length > 0) {
        context.log(
          `${again.length} of ${images.length} photographs have changed, such as ` +
            `${images[again[0]].image}: their features are computed again`,
        );
      }
      const wanted = missing.map((i) => images[i]);
      const features = await elsewhere(device, wanted, shapes) ??
        featuresOfAll(device, encoder, wanted, shapes);
      await compute({ path, file, record, notes }, features, images, missing, context);
    }
    return new FeatureCache(device, path, shapes, perImage);
  }

  /** The features of some views, by index of photograph and view, each `[n, c, h, w]`. */
  batch(items: readonly { readonly index: number; readonly view: number }[]): Tensor[] {
    const words = this.#sizes.map((size) => new Uint32Array(items.length * size / 2));
    const record = 2 * this.#sizes.reduce((a, b) => a + b, 0);
    items.forEach(({ index, view }, n) => {
      this.#file.seekSync((index * this.views + view) * record, Deno.SeekMode.Start);
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
  { path, file, record, notes }: {
    readonly path: string;
    readonly file: Deno.FsFile;
    /** Bytes of a photograph. */
    readonly record: number;
    readonly notes: InputNotes;
  },
  features: AsyncIterable<PackedFeatures>,
  images: readonly ViewedImage[],
  missing: readonly number[],
  { progress, signal }: Context,
): Promise<void> {
  let done = images.length - missing.length;
  const display = progress("features", images.length, done);
  let next = 0;
  for await (const words of features) {
    const at = missing[next++];
    await file.seek(at * record, Deno.SeekMode.Start);
    for (const part of words) await writeFully(file, new Uint8Array(part.buffer), path);
    await notes.done(images[at].image);
    display.update(++done);
    signal.throwIfAborted();
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
