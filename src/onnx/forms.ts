import type { Traced } from "../tensor/mod.ts";
import type { Graph } from "./graph.ts";
import { Float } from "./protobuf.ts";

/** Writes an op as nodes of ONNX and returns the name of its output. */
export type Form = (graph: Graph, call: Traced) => string;

/** An op that is one node without attributes. */
const plain = (type: string): Form => (graph, { inputs }) =>
  graph.node(type, inputs.map((x) => graph.name(x)));

const ACTIVATIONS: Readonly<Record<string, (graph: Graph, x: string) => string>> = {
  none: (_, x) => x,
  relu: (graph, x) => graph.node("Relu", [x]),
  relu6: (graph, x) => graph.node("Clip", [x, graph.floats(0), graph.floats(6)]),
};

const convolution: Form = (graph, { op, inputs, attributes }) => {
  const { stride = 1, dilation = 1, padding = 0, border, activation = "none" } = attributes as {
    readonly stride?: number;
    readonly dilation?: number;
    readonly padding?: number | readonly number[];
    readonly border?: string;
    readonly activation?: string;
  };
  const [x, w, ...bias] = inputs.map((input) => graph.name(input));
  const { shape: [channels, , height, width] } = inputs[1];
  const pads = typeof padding === "number" ? [padding, padding, padding, padding] : padding;
  const mirrored = border === "reflect";
  const y = graph.node("Conv", [mirrored ? reflected(graph, x, pads) : x, w, ...bias], {
    kernel_shape: [height, width],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: mirrored ? [0, 0, 0, 0] : pads,
    group: op === "depthwiseConv2d" ? channels : 1,
  });
  return ACTIVATIONS[activation](graph, y);
};

/** Pads by [top, left, bottom, right]. */
function reflected(graph: Graph, x: string, [top, left, bottom, right]: readonly number[]): string {
  const pads = graph.integers([0, 0, top, left, 0, 0, bottom, right]);
  return graph.node("Pad", [x, pads], { mode: "reflect" });
}

/** Enlarged or shrunk to the size that another map has, whatever the size of the image. */
const resize: Form = (graph, { inputs: [x], output }) => {
  const [[, , h, w], [, , height, width]] = [x.shape, output.shape];
  const name = graph.name(x);
  if (h === height && w === width) return graph.node("Identity", [name]);
  const linear = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  const like = graph.likeSized(output);
  if (like) {
    const [own, other] = [name, graph.name(like)].map((map) => graph.node("Shape", [map]));
    const cut = (shape: string, from: number, to: number) =>
      graph.node("Slice", [shape, graph.integers([from]), graph.integers([to])]);
    const sizes = graph.node("Concat", [cut(own, 0, 2), cut(other, 2, 4)], { axis: 0 });
    return graph.node("Resize", [name, "", "", sizes], linear);
  }
  if (height % h > 0 || width % w > 0) {
    throw new TypeError(`Cannot write a resize of ${h} x ${w} to ${height} x ${width}`);
  }
  return graph.node("Resize", [name, "", graph.floats([1, 1, height / h, width / w])], linear);
};

/** Every op of which networks consist, by its name. */
export const forms: Readonly<Record<string, Form>> = {
  conv2d: convolution,
  depthwiseConv2d: convolution,
  batchNorm(graph, { inputs, attributes: { mode, eps, activation = "none" } }) {
    if (mode !== "infer") throw new TypeError("Cannot write a network that is being trained");
    const parts = inputs.map((x) => graph.name(x));
    const y = graph.node("BatchNormalization", parts, { epsilon: new Float(eps as number) });
    return ACTIVATIONS[activation as string](graph, y);
  },
  relu: plain("Relu"),
  relu6: (graph, { inputs: [x] }) => ACTIVATIONS.relu6(graph, graph.name(x)),
  elu: (graph, { inputs: [x], attributes: { alpha } }) =>
    graph.node("Elu", [graph.name(x)], { alpha: new Float(alpha as number) }),
  sigmoid: plain("Sigmoid"),
  softmax: (graph, { inputs: [x] }) => graph.node("Softmax", [graph.name(x)], { axis: 1 }),
  logSoftmax: (graph, { inputs: [x] }) => graph.node("LogSoftmax", [graph.name(x)], { axis: 1 }),
  add: plain("Add"),
  sub: plain("Sub"),
  mul: plain("Mul"),
  scale: (graph, { inputs: [x], attributes: { alpha } }) =>
    graph.node("Mul", [graph.name(x), graph.floats(alpha as number)]),
  concat: (graph, { inputs, attributes: { axis } }) =>
    graph.node("Concat", inputs.map((x) => graph.name(x)), { axis: axis as number }),
  slice(graph, { inputs: [x], attributes }) {
    const [axis, start, end] = ["axis", "start", "end"].map((key) =>
      graph.integers([attributes[key] as number])
    );
    return graph.node("Slice", [graph.name(x), start, end, axis]);
  },
  // A size that stays in its place is copied, so that any number of images may pass.
  reshape(graph, { inputs: [x], output }) {
    const sizes = output.shape.map((size, i) => size === x.shape[i] ? 0 : size);
    return graph.node("Reshape", [graph.name(x), graph.integers(sizes)]);
  },
  mean(graph, { inputs: [x], attributes: { axes = x.shape.keys() } }) {
    return graph.node("ReduceMean", [graph.name(x)], {
      axes: [...axes as Iterable<number>],
      keepdims: 0,
    });
  },
  maxPool(graph, { inputs: [x], attributes }) {
    const { size, stride, padding } = attributes as Record<string, number>;
    return graph.node("MaxPool", [graph.name(x)], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    });
  },
  avgPool(graph, { inputs: [x], attributes }) {
    const { size, stride } = attributes as Record<string, number>;
    return graph.node("AveragePool", [graph.name(x)], {
      kernel_shape: [size, size],
      strides: [stride, stride],
    });
  },
  padReflect(graph, { inputs: [x], attributes: { padding } }) {
    const side = padding as number;
    return reflected(graph, graph.name(x), [side, side, side, side]);
  },
  resizeBilinear: resize,
};
