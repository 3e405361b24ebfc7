import { type Entry, entry, float32 } from "../src/weights/entry.ts";
import { type Layout, NORM } from "../src/weights/layouts/layout.ts";
import { mobileNetLayouts } from "../src/weights/layouts/mobilenet_v2.ts";
import { resNetLayouts } from "../src/weights/layouts/resnet.ts";
import { formulaWeights } from "./formula_weights.ts";

/** The tensors of a file by name. */
export type Tensors = Map<string, Entry>;

/** The layout that a program gives the weights of a network. */
export function layoutOf(network: string, name: string): Layout {
  return [...mobileNetLayouts, ...resNetLayouts].find((layout) =>
    layout.network === network && layout.name === name
  )!;
}

const value = (name: string, shape: readonly number[], ends = false) =>
  entry(shape, formulaWeights(name, shape, ends));

/**
 * MobileNetV2 with the values of the golden files, as a program saves it.
 *
 * @param shapes of our tensors by name
 */
export function mobileNetFile(
  shapes: ReadonlyMap<string, readonly number[]>,
  { folded, classifier }: Layout,
  classes = 1000,
): Tensors {
  const file: Tensors = new Map();
  for (const [ours, [conv, norm]] of layoutOf("mobilenet-v2", "torchvision").folded) {
    const [toConv, toNorm] = folded.get(ours)!;
    const shape = shapes.get(`${ours}.weight`)!;
    file.set(`${toConv}.weight`, value(`${conv}.weight`, shape));
    for (const part of NORM) {
      file.set(`${toNorm}.${part}`, value(`${norm}.${part}`, [shape[0]]));
    }
    file.set(`${toNorm}.num_batches_tracked`, entry([], new BigInt64Array(1)));
  }
  file.set(`${classifier}.weight`, value("classifier.1.weight", [classes, 1280]));
  file.set(`${classifier}.bias`, value("classifier.1.bias", [classes]));
  return file;
}

/** A ResNet with the values of the golden files, as a program saves it. */
export function resNetFile(
  shapes: ReadonlyMap<string, readonly number[]>,
  { tensors, network }: Layout,
): Tensors {
  const last = network === "resnet18" ? /\.bn2\.weight$/ : /\.bn3\.weight$/;
  return new Map(
    [...tensors].map(([ours, theirs]) => [
      theirs,
      value(ours, shapes.get(ours)!, last.test(ours)),
    ]),
  );
}

/** The same tensors with something before each name. */
export function prefixed(prefix: string, file: Tensors): Tensors {
  return new Map([...file].map(([name, value]) => [prefix + name, value]));
}

/** Turns every plane of a kernel or image upside down and left to right. */
export function turned(
  values: Float32Array<ArrayBuffer>,
  area: number,
): Float32Array<ArrayBuffer> {
  return values.map((_, i) => values[i - i % area + area - 1 - i % area]);
}

/** The bytes of a `.params` file of MXNet with the tensors, all of them float32. */
export function mxnetFile(file: Tensors): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const words = (...values: number[]) => parts.push(new Uint8Array(new Uint32Array(values).buffer));
  const longs = (...values: number[]) =>
    parts.push(new Uint8Array(new BigUint64Array(values.map(BigInt)).buffer));
  longs(0x112, 0, file.size);
  let version = 0;
  for (const [, saved] of file) {
    // The three forms of an array in turn: the oldest, with long sides, and with a kind of storage.
    const form = version++ % 3;
    if (form === 0) words(saved.shape.length, ...saved.shape);
    else {
      words(...(form === 1 ? [0xf993fac8] : [0xf993fac9, 0]), saved.shape.length);
      longs(...saved.shape);
    }
    words(1, 0, 0);
    const values = float32(saved);
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  longs(file.size);
  for (const [name] of file) {
    const text = new TextEncoder().encode(name);
    longs(text.length);
    parts.push(text);
  }
  const bytes = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
