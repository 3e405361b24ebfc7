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
  if (isZip(bytes) || isLegacy(bytes)) return parsePth(bytes, name);
  if (isMxnet(bytes)) return parseMxnet(bytes, name);
  const other = otherThan(bytes);
  if (other !== undefined) throw new SyntaxError(`Cannot read ${name}: it is ${other}`);
  return parseSafetensors(bytes, name);
}

/** What often lies where weights are expected, if these bytes are that or no weights at all. */
function otherThan(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "packed by gzip, which gunzip undoes";
  if (/^<(!doctype|html|\?xml)/.test(start)) return "a web page: its address gave no weights";
  if (start.startsWith("version https://git-lfs")) {
    return "a note of Git LFS in place of the file, which git lfs pull gets";
  }
  if (bytes.length < 9 || bytes[8] === 0x7b) return undefined; // the header of safetensors is JSON
  return "no safetensors file, no checkpoint of PyTorch and no .params of MXNet";
}
