import { nchw, sizeOf } from "../src/tensor/mod.ts";

/** Values with their sizes. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A change predictor's weights by the names of SSDD's checkpoints; without norms where absent. */
export type Weights = (name: string) => Values | undefined;

/** The predictor's features, which all masks share: `[n, width, h, w]` of e^h and e^l. */
export function referenceHead(weights: Weights, high: Values, low: Values): Values {
  const x = padReflect(joinChannels(high, low));
  return relu(layer(weights, x, "dd_head0.conv1ab.conv1", "dd_head0.conv1ab.bn1"));
}

/**
 * Change logits `[n, 1, h, w]` of a mask `[n, h, w]` in plain loops over float64: Shimoda and Yanai
 * 2019, in the order of the authors' layers. Labels that are no class are zero everywhere.
 */
export function referenceChange(weights: Weights, head: Values, mask: Values): Values {
  const classes = weights("dd0.conv1c.conv1.weight")!.shape[1];
  const step = (x: Values, conv: string, norm: string) =>
    layer(weights, x, `dd0.${conv}`, `dd0.${norm}`);
  const features = relu(step(oneHot(mask, classes), "conv1c.conv1", "conv1c.bn1"));
  const x = joinChannels(head, features);
  let y = relu(step(x, "conv1abc.conv1", "conv1abc.bn1"));
  y = relu(step(padReflect(y), "conv1abc.conv2", "conv1abc.bn2"));
  y = step(y, "conv1abc.conv3", "conv1abc.bn3");
  const shortcut = step(x, "conv1abc.downsample", "conv1abc.bnd");
  const sum = { shape: y.shape, data: Float64Array.from(y.data, (v, i) => v + shortcut.data[i]) };
  return step(relu(sum), "pred_abc", "");
}

/** A convolution without padding, and what a frozen batch norm makes of it where there is one. */
function layer(weights: Weights, x: Values, conv: string, norm: string): Values {
  const weight = weights(`${conv}.weight`)!;
  const [n, c, h, w] = nchw("convolve", x.shape);
  const [outputs, , size] = weight.shape;
  const [bias, gamma, beta, mean, variance] = [
    `${conv}.bias`,
    ...["weight", "bias", "running_mean", "running_var"].map((name) => `${norm}.${name}`),
  ].map((name) => weights(name)?.data);
  const [rows, columns] = [h - size + 1, w - size + 1];
  const y = new Float64Array(n * outputs * rows * columns);
  for (let i = 0; i < y.length; i++) {
    const column = i % columns, row = Math.floor(i / columns) % rows;
    const o = Math.floor(i / columns / rows) % outputs;
    const image = Math.floor(i / columns / rows / outputs);
    let sum = bias?.[o] ?? 0;
    for (let k = 0; k < c; k++) {
      for (let dy = 0; dy < size; dy++) {
        for (let dx = 0; dx < size; dx++) {
          sum += weight.data[((o * c + k) * size + dy) * size + dx] *
            x.data[((image * c + k) * h + row + dy) * w + column + dx];
        }
      }
    }
    y[i] = gamma ? (sum - mean![o]) / Math.sqrt(variance![o] + 1e-3) * gamma[o] + beta![o] : sum;
  }
  return { shape: [n, outputs, rows, columns], data: y };
}

function relu({ shape, data }: Values): Values {
  return { shape, data: Float64Array.from(data, (v) => Math.max(0, v)) };
}

/** One more row and column on each side, as a mirror shows them. */
function padReflect({ shape, data }: Values): Values {
  const [n, c, h, w] = nchw("pad", shape);
  const from = (i: number, size: number) => i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
  const padded = [n, c, h + 2, w + 2];
  return {
    shape: padded,
    data: Float64Array.from({ length: sizeOf(padded) }, (_, i) => {
      const x = from(i % (w + 2) - 1, w), y = from(Math.floor(i / (w + 2)) % (h + 2) - 1, h);
      return data[(Math.floor(i / (w + 2) / (h + 2)) * h + y) * w + x];
    }),
  };
}

function joinChannels(a: Values, b: Values): Values {
  const [n, ca, h, w] = nchw("join", a.shape);
  const cb = b.shape[1];
  const joined = new Float64Array(n * (ca + cb) * h * w);
  for (let image = 0; image < n; image++) {
    for (const [{ data }, own, before] of [[a, ca, 0], [b, cb, ca]] as const) {
      for (let i = 0; i < own * h * w; i++) {
        joined[(image * (ca + cb) + before) * h * w + i] = data[image * own * h * w + i];
      }
    }
  }
  return { shape: [n, ca + cb, h, w], data: joined };
}

function oneHot({ shape: [n, h, w], data }: Values, classes: number): Values {
  const hot = new Float64Array(n * classes * h * w);
  for (let i = 0; i < data.length; i++) {
    const image = Math.floor(i / (h * w));
    if (data[i] < classes) hot[(image * classes + data[i]) * h * w + i % (h * w)] = 1;
  }
  return { shape: [n, classes, h, w], data: hot };
}
