import type { Source } from "../files/source.ts";
import type { TensorFile } from "./entry.ts";
import { isMxnet, parseMxnet } from "./mxnet_params.ts";
import { parsePth } from "./pth.ts";
import { readParsed } from "./read_parsed.ts";
import { parseSafetensors } from "./safetensors.ts";
import { isLegacy } from "./torch_pickle.ts";
import { isZip } from "./zip.ts";

/**
 * Reads the tensors of a safetensors file, a PyTorch checkpoint or a `.params` file of MXNet; the
 * content says which it is. Throws InputError naming the file when it is missing, damaged or neither.
 */
export async function readWeights(source: Source): Promise<TensorFile> {
  return await readParsed(source, parseWeights);
}

/** As `readWeights`, from the bytes of the file. Throws SyntaxError with `name`. */
export function parseWeights(bytes: Uint8Array<ArrayBuffer>, name: string): TensorFile {
  const parse = isZip(bytes) || isLegacy(bytes)
    ? parsePth
    : isMxnet(bytes)
    ? parseMxnet
    : parseSafetensors;
  return parse(bytes, name);
}
