import { join, resolve } from "@std/path";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson, writeJson } from "../files/json.ts";
import type { Maps } from "../data/images/resize.ts";
import { float32 } from "../weights/entry.ts";
import { fromFolder, type Seen } from "../training/from_start.ts";
import { readNpy, writeNpy } from "../weights/npy.ts";

/** The file beside change logits that says what they belong to. */
const REFINED = "refined.json";

/** What was refined by change logits, and how. */
export interface RefinedNote {
  /** The folder of the refined masks. */
  readonly out: string;
  /** The options of the masks that took the place of the run's. */
  readonly masks?: Seen<Readonly<Record<string, unknown>>>;
  /** The bias for the advice. */
  readonly differenceBias: number;
  /** The bias for the background. */
  readonly backgroundBias: number;
  /** The share below which a class collapsed. */
  readonly collapseThreshold: number;
  /** The weight of flags. */
  readonly flagWeight: number;
  /** Of each adviser, the classes whose flags counted, where these were not all. */
  readonly protects?: readonly (readonly number[])[];
}

/** Notes beside change logits what was refined by them. */
export async function noteRefined(changes: string, note: RefinedNote): Promise<void> {
  await writeJson(join(changes, REFINED), { ...note, folder: resolve(".") });
}

/** What {@linkcode noteRefined} noted; nothing where it did not. */
export async function readRefined(changes: string): Promise<RefinedNote | undefined> {
  const note = join(changes, REFINED);
  if (!await isFile(note)) return undefined;
  const { folder, ...noted } = await readJson<RefinedNote & { readonly folder?: string }>(note);
  const masks = noted.masks && await fromFolder(folder, noted.masks);
  const other = masks && ("knowledge" in masks || "scores" in masks);
  // Either of the two took the place of the run's other one, which JSON does not keep.
  const replaced = other ? { knowledge: undefined, scores: undefined, ...masks } : masks;
  return { ...await fromFolder(folder, noted), masks: replaced };
}

/** Writes the change logits of a photograph, a plane for each mask in half precision, as FOLDER/ID.npy. */
export async function writeChanges(folder: string, id: string, logits: Maps): Promise<void> {
  const { channels, height, width } = logits;
  const data = logits.data as Float32Array<ArrayBuffer>;
  await writeNpy(join(folder, `${id}.npy`), {
    dtype: "F16",
    shape: [channels, height, width],
    data,
  });
}

/**
 * Reads what {@linkcode writeChanges} wrote.
 *
 * @param masks how many masks the photograph has, knowledge and advisers; any number of two or more
 * @throws {InputError} when the file is missing, damaged, something else, or of other masks.
 */
export async function readChanges(
  folder: string,
  id: string,
  masks: number | "any" = 2,
): Promise<Maps> {
  const path = join(folder, `${id}.npy`);
  if (!await isFile(path)) {
    throw new InputError(
      `Cannot read the change logits ${path}: there are none. Run refine first.`,
    );
  }
  const file = await readNpy(path);
  const planes = file.kind === "array" && file.entry.shape.length === 3 ? file.entry.shape[0] : 0;
  const wanted = masks === "any" ? Math.max(2, planes) : masks;
  if (file.kind !== "array" || planes !== wanted) {
    throw new InputError(
      `Cannot use ${path}: it does not hold change logits of ${wanted} masks. Run refine.`,
    );
  }
  const [channels, height, width] = file.entry.shape;
  return { channels, height, width, data: float32(file.entry) };
}
