import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import type { Maps } from "../data/images/resize.ts";
import { float32 } from "../weights/entry.ts";
import { readNpy, writeNpy } from "../weights/npy.ts";

/** The file beside change logits that says where the masks refined by them are, and by which choice. */
export const REFINED = "refined.json";

/** Writes the change logits of a photograph, two planes in half precision, as FOLDER/ID.npy. */
export async function writeChanges(folder: string, id: string, logits: Maps): Promise<void> {
  const { height, width } = logits;
  const data = logits.data as Float32Array<ArrayBuffer>;
  await writeNpy(join(folder, `${id}.npy`), { dtype: "F16", shape: [2, height, width], data });
}

/**
 * Reads what {@linkcode writeChanges} wrote.
 *
 * @throws {InputError} when the file is missing, damaged or something else.
 */
export async function readChanges(folder: string, id: string): Promise<Maps> {
  const path = join(folder, `${id}.npy`);
  if (!await isFile(path)) {
    throw new InputError(
      `Cannot read the change logits ${path}: there are none. Run refine first.`,
    );
  }
  const file = await readNpy(path);
  if (file.kind !== "array" || file.entry.shape.length !== 3 || file.entry.shape[0] !== 2) {
    throw new InputError(
      `Cannot use ${path}: it does not hold two planes of change logits. Run refine.`,
    );
  }
  const [channels, height, width] = file.entry.shape;
  return { channels, height, width, data: float32(file.entry) };
}
