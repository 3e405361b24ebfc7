import type { TensorFile } from "./entry.ts";
import { parsePth } from "./pth.ts";
import { readParsed } from "./read_parsed.ts";
import { parseSafetensors } from "./safetensors.ts";
import { isLegacy } from "./torch_pickle.ts";
import { isZip } from "./zip.ts";

/**
 * Reads the tensors of a safetensors file or a PyTorch checkpoint; the content says which it is.
 * Throws InputError naming the file when it is missing, damaged or neither.
 */
export async function readWeights(path: string): Promise<TensorFile> {
  return await readParsed(path, (bytes, name) => {
    const parse = isZip(bytes) || isLegacy(bytes) ? parsePth : parseSafetensors;
    return parse(bytes, name);
  });
}
