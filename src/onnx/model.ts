import { read, sameShape, type Tensor, trace } from "../tensor/mod.ts";
import { type Constant, Graph } from "./graph.ts";
import { encodeMessage, type Message } from "./protobuf.ts";

/** The set of operators that is written, which runtimes have had since 2022. */
const OPSET = 17;
/** The version of the file format that came with it. */
const IR_VERSION = 8;
const TYPES = { float: 1, int64: 7 } as const;

/** A value that a network is given or gives. */
export interface Port {
  /** Its name. */
  readonly name: string;
  /** What it is, in words. */
  readonly description: string;
  /** Its sizes: numbers, or the names of those that may be any. */
  readonly shape: readonly (number | string)[];
}

/** A network that is to be written. */
export interface OnnxNetwork {
  /** An image `[n, 3, h, w]` of a size that it can see, to trace its ops with; its values do not matter. */
  readonly image: Tensor;
  /** Its tensors by name. */
  readonly weights: Iterable<readonly [name: string, tensor: Tensor]>;
  /** What it computes of the image, in the order of `outputs`; nothing may be read. */
  compute(image: Tensor): readonly Tensor[];
  /** What the image is. */
  readonly input: Port;
  /** What it gives. */
  readonly outputs: readonly Port[];
  /** Remarks by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** One line that says what it is. */
  readonly description: string;
}

/**
 * The bytes of an ONNX file of a network, in pieces. Its ops are recorded without running them.
 *
 * @throws {TypeError} when it has an op that ONNX has not, or reads what is none of its weights.
 */
export async function encodeOnnx(network: OnnxNetwork): Promise<Uint8Array<ArrayBuffer>[]> {
  const { image, input, outputs, description, metadata } = network;
  const { device } = image;
  using _scope = device.scope();
  let made: readonly Tensor[] = [];
  const calls = trace(() => device.rehearse(() => made = network.compute(image)));
  const weights = new Map([...network.weights].map(([name, tensor]) => [tensor, name]));
  const graph = new Graph([image, input.name], weights);
  for (const call of calls) graph.add(call);
  for (const [i, { name, shape }] of outputs.entries()) {
    const sizes = shape.map((size, axis) => typeof size === "number" ? size : made[i].shape[axis]);
    if (!sameShape(sizes, made[i].shape)) {
      throw new TypeError(`Cannot write ${name}: ${made[i].shape}`);
    }
    graph.nodes.push([[1, graph.name(made[i])], [2, name], [3, name], [4, "Identity"]]);
  }
  const used = [...weights].filter(([tensor]) => graph.used.has(tensor));
  const kept = await Promise.all(used.map(async ([tensor, name]): Promise<Constant> => {
    return { name, shape: tensor.shape, data: await read(tensor) };
  }));
  return encodeMessage([
    [1, IR_VERSION],
    [2, "henka"],
    [6, description],
    [7, [
      ...graph.nodes.map((node) => [1, node] as const),
      [2, "henka"],
      ...[...kept, ...graph.constants].map((constant) => [5, tensorOf(constant)] as const),
      [11, valueOf(input)],
      ...outputs.map((output) => [12, valueOf(output)] as const),
    ]],
    [8, [[1, ""], [2, OPSET]]],
    ...Object.entries(metadata).map(([key, value]) => [14, [[1, key], [2, value]]] as const),
  ]);
}

function tensorOf({ name, shape, data }: Constant): Message {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = data instanceof Float32Array ? TYPES.float : TYPES.int64;
  return [...shape.map((size) => [1, size] as const), [2, type], [8, name], [9, bytes]];
}

function valueOf({ name, description, shape }: Port): Message {
  const sizes = shape.map((size) => [1, [[typeof size === "number" ? 1 : 2, size]]] as const);
  return [[1, name], [2, [[1, [[1, TYPES.float], [2, sizes]]]]], [3, description]];
}
