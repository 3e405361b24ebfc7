import { InputError } from "../files/error.ts";
import { read, sameShape, showShape, type Tensor } from "../tensor/mod.ts";
import { type Entry, entry, float32 } from "../weights/entry.ts";
import { readWeights } from "../weights/read_weights.ts";
import { encodeSafetensors } from "../weights/safetensors.ts";

const PREFIXES = ["", "module.", "encoder.", "module.encoder."];

/** Tensors with the paths under which they are saved. */
export type NamedTensors = Iterable<readonly [path: string, tensor: Tensor]>;

/** The bytes of a safetensors file that holds the tensors' present values. */
export async function encodeState(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const entries = [...tensors].map(async ([path, tensor]) =>
    [path, entry(tensor.shape, await read(tensor))] as const
  );
  return encodeSafetensors(new Map(await Promise.all(entries)), metadata);
}

/**
 * Overwrites tensors with the values that a file has under their paths: safetensors or a PyTorch
 * checkpoint. The prefixes that PSA and SSDD save (`module.`, `encoder.`) may stand before a path.
 *
 * @return what the file's metadata say
 * @throws {InputError} when the file is missing or damaged, lacks a tensor or has one of another
 * shape; nothing is overwritten then.
 */
export async function loadState(
  path: string,
  tensors: NamedTensors,
): Promise<Readonly<Record<string, string>>> {
  const file = await readWeights(path);
  const pairs = [...tensors].map(([name, tensor]) => {
    const saved = PREFIXES.map((prefix) => file.tensors.get(prefix + name)).find(Boolean);
    return { tensor, data: float32(matching(path, name, tensor, saved)) };
  });
  for (const { tensor, data } of pairs) tensor.device.write(tensor.storage, data);
  return file.metadata;
}

function matching(path: string, name: string, { shape }: Tensor, saved: Entry | undefined): Entry {
  if (!saved) {
    throw new InputError(`Cannot load ${path}: it has no tensor "${name}". Is it of this network?`);
  }
  if (!sameShape(saved.shape, shape)) {
    throw new InputError(
      `Cannot load ${path}: "${name}" is ${showShape(saved.shape)}, but the network has ` +
        `${showShape(shape)}. Give the options it was trained with.`,
    );
  }
  return saved;
}
