import { InputError } from "../files/error.ts";
import { nameOf, type Source } from "../files/source.ts";
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
 * checkpoint. The prefixes that PSA and SSDD save (`module.`, `encoder.`) may stand before a path, and
 * before all of them one more, such as the `state_dict.` or `model.` that a checkpoint is nested in.
 *
 * @return what the file's metadata say
 * @throws {InputError} when the file is missing or damaged, lacks a tensor, has one of another shape or
 * one that is not finite, or has several networks that fit; nothing is overwritten then.
 */
export async function loadState(
  source: Source,
  tensors: NamedTensors,
): Promise<Readonly<Record<string, string>>> {
  const file = await readWeights(source);
  const path = nameOf(source);
  const all = [...tensors];
  const prefix = commonPrefix(path, file.tensors, all.map(([name]) => name));
  overwrite(path, all, (name) => savedAs(file.tensors, prefix, name));
  return file.metadata;
}

/**
 * Overwrites tensors with values that came out of a file.
 *
 * @param path the file, for messages
 * @param saved the values by the tensors' names
 * @throws {InputError} when one is missing, has another shape or is not finite; nothing is overwritten
 * then.
 */
export function overwrite(
  path: string,
  tensors: NamedTensors,
  saved: (name: string) => Entry | undefined,
): void {
  const pairs = [...tensors].map(([name, tensor]) => {
    return { tensor, data: float32(matching(path, name, tensor, saved(name))) };
  });
  for (const { tensor, data } of pairs) tensor.device.write(tensor.storage, data);
}

type Saved = ReadonlyMap<string, Entry>;

function savedAs(saved: Saved, prefix: string, name: string): Entry | undefined {
  return PREFIXES.map((own) => saved.get(prefix + own + name)).find(Boolean);
}

/** What stands before all names in the file; "" where that is nothing, or they are not all there. */
function commonPrefix(path: string, saved: Saved, names: readonly string[]): string {
  const isWhole = (prefix: string) => names.every((name) => savedAs(saved, prefix, name));
  if (names.length === 0 || isWhole("")) return "";
  const possible = new Set(
    [...saved.keys()].filter((key) => key.endsWith(`.${names[0]}`)).map((key) => {
      return key.slice(0, -names[0].length).replace(/(^|\.)(module\.)?(encoder\.)?$/, "$1");
    }),
  );
  const whole = [...possible].filter(isWhole);
  // Beside the weights, training programs save a running mean of them, or a teacher.
  const usual = whole.filter((prefix) =>
    /^(state_dict|model|model_state_dict|net)\.$/.test(prefix)
  );
  const [found = "", other] = usual.length > 0 ? usual : whole;
  if (other === undefined) return found;
  throw new InputError(
    `Cannot load ${path}: "${found}" and "${other}" in it both fit the network. Save the one that is ` +
      "meant alone.",
  );
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
  if (!float32(saved).every(Number.isFinite)) {
    throw new InputError(
      `Cannot load ${path}: "${name}" has values that are not finite. Give weights of a training ` +
        "that did not diverge.",
    );
  }
  return saved;
}
