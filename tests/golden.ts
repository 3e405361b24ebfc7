import type { Device } from "../src/gpu/mod.ts";
import { type Tensor, tensor } from "../src/tensor/mod.ts";
import { type Entry, float32, indices } from "../src/weights/entry.ts";
import { parseSafetensors } from "../src/weights/safetensors.ts";

/** Values that other programs computed; `tests/fixtures/golden/README.md` says how. */
export class Golden {
  /** The tensors of the file by name. */
  readonly tensors: ReadonlyMap<string, Entry>;
  /** Its constants by name. */
  readonly metadata: Readonly<Record<string, string>>;

  /** The file `name.safetensors`. */
  constructor(readonly name: string) {
    const file = new URL(`./fixtures/golden/${name}.safetensors`, import.meta.url);
    const { tensors, metadata } = parseSafetensors(Deno.readFileSync(file), name);
    [this.tensors, this.metadata] = [tensors, metadata];
  }

  /** The tensor of a name; throws where the file has none. */
  entry(name: string): Entry {
    const entry = this.tensors.get(name);
    if (!entry) throw new Error(`Cannot test: ${this.name}.safetensors lacks ${name}`);
    return entry;
  }

  /** Its sizes. */
  shape(name: string): readonly number[] {
    return this.entry(name).shape;
  }

  /** Its values. */
  values(name: string): Float32Array<ArrayBuffer> {
    return float32(this.entry(name));
  }

  /** Its values as indices. */
  indices(name: string): Uint32Array<ArrayBuffer> {
    return indices(this.entry(name));
  }

  /** The same on the device: f32, or u32 where the file has whole numbers. */
  tensor(device: Device, name: string): Tensor {
    const { dtype, shape } = this.entry(name);
    const data = /^[IU]/.test(dtype) ? this.indices(name) : this.values(name);
    return tensor(device, data, shape);
  }
}
