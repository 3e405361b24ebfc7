import type { Image } from "../data/images/image.ts";
import { normalise } from "../data/images/normalise.ts";
import { viewImage } from "../data/images/resize.ts";
import { Random } from "../data/random.ts";
import { InputError } from "../files/error.ts";
import type { Device } from "../gpu/mod.ts";
import { measureFirst } from "../gpu/tune.ts";
import { type Backbone, type BackboneOptions, BoundaryNet, buildBackbone } from "../models/mod.ts";
import { loadState, releaseState } from "../nn/mod.ts";
import { keep, read, reshape, type Tensor, tensor, untracked } from "../tensor/mod.ts";
import type { EncoderFile, EncoderShape } from "../weights/encoder_file.ts";
import {
  add,
  affinityWalk,
  boundaryAffinity,
  flip,
  mul,
  scale,
  sigmoid,
  slice,
} from "../wgsl/mod.ts";
import { enlarged } from "./enlarged.ts";
import { type Grid, type GridRule, placeMeans } from "./grid.ts";
import type { Walker } from "./walker.ts";

/** IRN sees photographs in the upper left corner of 512 x 512 pixels, which its group norms count. */
const GRID: GridRule = { stride: 4, multiple: 16, least: 512 };

/**
 * Lets scores walk over IRN's class boundaries, as published (Ahn, Cho & Kwak, CVPR 2019): the scores of
 * the classes, lowered where boundaries are, walk without the background; then the highest of a
 * photograph becomes 1, and the background has one score everywhere.
 *
 * @throws {InputError} when the file lacks a part of the network.
 */
export async function boundaryWalker(
  device: Device,
  { path, heads }: EncoderFile,
  { network, precision }: EncoderShape & Pick<BackboneOptions, "precision">,
): Promise<Walker> {
  const { boundaries = 0 } = heads;
  if (boundaries % 4 !== 0) {
    throw new InputError(
      `Cannot use ${path}: fc_edge1 has ${boundaries} channels, which IRN normalises in 4 groups. Give a ` +
        "file with a multiple of 4, such as the published 32.",
    );
  }
  const options = {
    network,
    weights: path,
    dilate: false, // strides 2, 2, 2, 1
    outputStride: 16,
    trainFrom: null,
    stem: true,
    precision,
  } as const;
  const backbone = await buildBackbone(device, options, new Random(1), "seeds");
  const net = new BoundaryNet(device, backbone.stages, boundaries);
  const walker: Walker = {
    ...GRID,
    async walk(image, { classes, scores }, grid, { beta, logSteps, radius, background }) {
      const { width, height } = grid;
      const after = new Float32Array(classes.length * width * height);
      if (classes.length === 1) return after.fill(1);
      const before = placeMeans(scores.subarray(image.width * image.height), image, grid);
      const walk = () => {
        using _scope = device.scope();
        const logits = boundaryLogits(device, backbone, net, image, grid);
        const a = boundaryAffinity(sigmoid(logits), { radius, beta });
        const x = tensor(device, before, [classes.length - 1, height, width]);
        const inner = sigmoid(scale(logits, -1)); // 1 - boundaries
        const inside = mul(x, reshape(inner, [1, height, width]));
        return keep(affinityWalk(a, inside, { steps: 2 ** logSteps, radius, borders: true }));
      };
      const key = `${grid.view.width}x${grid.view.height}`;
      await measureFirst(device, key, () => untracked(walk).release());
      const walked = untracked(walk); // no scope is open while others use the device
      const shown = await read(walked).finally(() => walked.release());
      // As published, the highest is that of the photograph's pixels, not of the grid's cells.
      const highest = enlarged(shown, grid, image).reduce((a, b) => Math.max(a, b), 0);
      after.set(highest > 0 ? shown.map((score) => score / highest) : shown, width * height);
      return after.fill(background, 0, width * height);
    },
    [Symbol.dispose]() {
      backbone[Symbol.dispose]();
      releaseState(net);
    },
  };
  try {
    await loadState(path, net.named());
    return walker;
  } catch (error) {
    walker[Symbol.dispose]();
    throw error;
  }
}

/** The mean of the logits of a photograph and of its mirror image, `[1, 1, h, w]` of its grid. */
function boundaryLogits(
  device: Device,
  { encode, normalisation }: Backbone,
  net: BoundaryNet,
  image: Image,
  { view, width, height }: Grid,
): Tensor {
  const [own, mirrored] = [false, true].map((flip) => {
    const seen = viewImage(image, { ...view, flip });
    const x = tensor(
      device,
      normalise(seen, normalisation, view),
      [1, 3, seen.height, seen.width],
    );
    return slice(slice(net.forward(encode(x, "infer")), 2, 0, height), 3, 0, width);
  });
  return scale(add(own, flip(mirrored)), 0.5);
}
