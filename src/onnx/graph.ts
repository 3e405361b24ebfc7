import { showShape, type Tensor, type Traced } from "../tensor/mod.ts";
import { forms } from "./forms.ts";
import { Float, type Message } from "./protobuf.ts";

/** The values of an attribute of a node. */
export type Attribute = number | Float | string | readonly number[];

/** What stands in a graph besides its nodes. */
export interface Constant {
  /** Its name. */
  readonly name: string;
  /** Its sizes. */
  readonly shape: readonly number[];
  /** Its values: of float or of int64. */
  readonly data: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

/** The nodes of a network, as they are put together from its ops. */
export class Graph {
  /** Its nodes in order, as messages of ONNX. */
  readonly nodes: Message[] = [];
  /** What they read besides the image. */
  readonly constants: Constant[] = [];
  /** The tensors that they read. */
  readonly used: Set<Tensor> = new Set();
  readonly #names: Map<Tensor, string>;
  /** Maps that were made so far, for their sizes. */
  readonly #maps: Tensor[];

  /**
   * @param image the tensor that will be the input, and its name
   * @param weights the names of tensors that are kept in the file
   */
  constructor(
    [image, name]: readonly [Tensor, string],
    weights: ReadonlyMap<Tensor, string>,
  ) {
    this.#names = new Map([...weights, [image, name]]);
    this.#maps = [image];
  }

  /** Adds what an op does. Throws TypeError when it has no form in ONNX. */
  add(call: Traced): void {
    const form = forms[call.op];
    if (!form) throw new TypeError(`Cannot write ${call.op}: it has no form in ONNX`);
    this.#names.set(call.output, form(this, call));
    if (call.output.shape.length === 4) this.#maps.push(call.output);
  }

  /** The name of a tensor. Throws TypeError when no op of the network made it. */
  name(x: Tensor): string {
    const name = this.#names.get(x);
    if (name === undefined) {
      throw new TypeError(`Cannot write a network: an op made a ${showShape(x.shape)} unseen`);
    }
    this.used.add(x);
    return name;
  }

  /** A map of the same height and width, if there is one. */
  likeSized({ shape: [, , h, w] }: Tensor): Tensor | undefined {
    return this.#maps.find(({ shape }) => shape[2] === h && shape[3] === w);
  }

  /** Adds a node with one output, and returns that output's name. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = `${type.toLowerCase()}_${this.nodes.length}`;
    this.nodes.push([
      ...inputs.map((name) => [1, name] as const),
      [2, output],
      [3, output],
      [4, type],
      ...Object.entries(attributes).map(([name, value]) => [5, attribute(name, value)] as const),
    ]);
    return output;
  }

  /** Whole numbers as an input of a node. */
  integers(values: readonly number[]): string {
    const name = `integers_${this.constants.length}`;
    const data = BigInt64Array.from(values, BigInt);
    this.constants.push({ name, shape: [values.length], data });
    return name;
  }

  /** A number, or a list of them, as an input of a node. */
  floats(values: number | readonly number[]): string {
    const name = `floats_${this.constants.length}`;
    const [shape, list] = typeof values === "number"
      ? [[], [values]]
      : [[values.length], [...values]];
    this.constants.push({ name, shape, data: Float32Array.from(list) });
    return name;
  }
}

/** The kinds of attributes, by their numbers in ONNX. */
const KIND = { float: 1, integer: 2, text: 3, integers: 7 } as const;

function attribute(name: string, value: Attribute): Message {
  if (value instanceof Float) return [[1, name], [2, value], [20, KIND.float]];
  if (typeof value === "number") return [[1, name], [3, value], [20, KIND.integer]];
  if (typeof value === "string") return [[1, name], [4, value], [20, KIND.text]];
  return [[1, name], ...value.map((one) => [8, one] as const), [20, KIND.integers]];
}
