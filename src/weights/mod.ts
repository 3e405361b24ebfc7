/**
 * Files of weights and arrays: safetensors, PyTorch checkpoints, MXNet, NumPy; no GPU. Nothing that a file
 * contains is ever executed.
 *
 * @example Write an array with NumPy's header and read it back
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { entry, float32, readNpy, writeNpy } from "@henka/henka/weights";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeNpy(path, entry([2, 3], new Float32Array([1, 2, 3, 4, 5, 6])));
 * const file = await readNpy(path);
 * if (file.kind === "array") assertEquals(float32(file.entry)[5], 6);
 * await Deno.remove(path);
 * ```
 *
 * @module
 */
export {
  type DType,
  type Entry,
  entry,
  float32,
  indices,
  type TensorFile,
  type Values,
} from "./entry.ts";
export type { Source } from "../files/source.ts";
export { type EncoderFile, type EncoderShape, encoderShape, readEncoder } from "./encoder_file.ts";
export type { ChangeHead, Heads } from "./layouts/heads.ts";
export type { Layout } from "./layouts/layout.ts";
export type { Recognised } from "./layouts/recognise.ts";
export { type EncoderName, type Variant, type VariantRule, variants } from "./layouts/variant.ts";
export { type NpyFile, parseNpy, readNpy, writeNpy } from "./npy.ts";
export { parseNpz, readNpz } from "./npz.ts";
export { parsePth, readPth } from "./pth.ts";
export { parseWeights, readWeights } from "./read_weights.ts";
export {
  encodeSafetensors,
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from "./safetensors.ts";
