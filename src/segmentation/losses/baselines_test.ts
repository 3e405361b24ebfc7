import { assert, assertEquals } from "@std/assert";
import { assertNear, onBothKernels } from "../../../tests/check_op.ts";
import { DenseCrf, unaryFromProbabilities } from "../../crf/mod.ts";
import type { Device } from "../../gpu/mod.ts";
import { backward } from "../../nn/mod.ts";
import { parameter, read, readIndices, tensor } from "../../tensor/mod.ts";
import type { LossInput, LossKind } from "./segmentation_loss.ts";
import { baselineOptions, baselines } from "./baselines.ts";
import { constrainLoss, LossCrf } from "./constrain.ts";
import { grownSeeds } from "./dsrg.ts";
import { expandLoss, seedLoss } from "./sec.ts";

const { log } = Math;
const floats = (values: readonly number[]) => new Float32Array(values);

/** Planes `[c, h, w]` of pixels given one after the other. */
function planes(pixels: readonly (readonly number[])[]): number[] {
  return pixels[0].flatMap((_, c) => pixels.map((pixel) => pixel[c]));
}

interface Case {
  /** What is compared: for each image its pixels, for each pixel its classes' scores. */
  readonly scores: readonly (readonly (readonly number[])[])[];
  readonly shown: readonly (readonly number[])[];
  readonly width: number;
  readonly seeds?: readonly number[];
  readonly colours?: readonly number[];
}

/** A batch whose scores are the logarithms of the given probabilities, unless it says otherwise. */
function batch(device: Device, { scores, shown, width, seeds, colours }: Case): LossInput {
  const [n, pixels, classes] = [scores.length, scores[0].length, scores[0][0].length];
  const shape = [pixels / width, width];
  const flags = shown.flatMap((own) =>
    Array.from({ length: classes - 1 }, (_, c) => Number(own.includes(c + 1)))
  );
  return {
    logits: parameter(device, floats(scores.flatMap(planes)), [n, classes, ...shape]),
    labels: tensor(device, floats(flags), [n, classes - 1]),
    masks: seeds && tensor(device, new Uint32Array(seeds), [n, ...shape]),
    colours() {
      if (!colours) throw new TypeError("this loss does not look at colours");
      return tensor(device, floats(colours), [n, 3, ...shape]);
    },
  };
}

const logs = (pixels: readonly (readonly number[])[]) => pixels.map((p) => p.map(log));

/** The loss, and its gradient by the scores. */
async function evaluate(
  device: Device,
  kind: LossKind,
  of: Case,
  options: object = {},
): Promise<{ loss: number; gradient: Float32Array }> {
  const input = batch(device, of);
  using loss = kind.open(device, options);
  const total = loss.of(input);
  assertEquals(total.shape, [1]);
  const [value] = await read(total);
  const gradient = await read(backward(total).get(input.logits)!);
  input.logits.release();
  return { loss: value, gradient };
}

Deno.test("MIL: -1/|C| sum of log p of every shown class where its score is largest", async () => {
  await onBothKernels(async (device) => {
    const second = logs([[0.5, 0.3, 0.2], [0.2, 0.1, 0.7]]);
    second[1] = second[1].map((z) => z + 5); // the scores count, not the probabilities
    const of: Case = {
      scores: [logs([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]]), second],
      shown: [[1], [1, 2]],
      width: 2,
    };
    const { loss, gradient } = await evaluate(device, baselines.mil, of);
    const each = [-(log(0.7) + log(0.6)) / 2, -(log(0.2) + log(0.1) + log(0.7)) / 3];
    assertNear([loss], [(each[0] + each[1]) / 2], 1e-5);
    // Of the first image's classes each pixel is the best of one: (p - 1[c]) / 2, halved by the mean.
    const first = planes([[-0.3, 0.2, 0.1], [0.1, -0.4, 0.3]]).map((v) => v / 4);
    assertNear(gradient.subarray(0, 6), first, 1e-5);
    assertNear(
      gradient.subarray(6),
      planes([[0, 0, 0], [-0.4, -0.7, 1.1]]).map((v) => v / 6),
      1e-5,
    );
  });
});

/** Four pixels alike: all sizes are the probabilities. */
const alike: Case = {
  scores: [Array(4).fill([0.8, 0.1, 0.1].map(log)), Array(4).fill([0.8, 0.1, 0.1].map(log))],
  shown: [[1], [1, 2]],
  width: 2,
};

Deno.test("CCNN: cross-entropy with the nearest distribution of the prescribed sizes", async () => {
  await onBothKernels(async (device) => {
    const { loss, gradient } = await evaluate(device, baselines.ccnn, alike);
    // Background is 0.7 at most; what it lost goes to the shown classes as p has them.
    const latent = [[0.7, 0.3, 0], [0.7, 0.15, 0.15]];
    const cost = latent.map(([a, b, c]) => -(a * log(0.8) + (b + c) * log(0.1)));
    assertNear([loss], [(cost[0] + cost[1]) / 2], 1e-4);
    const wanted = latent.flatMap((target) =>
      planes(Array(4).fill([0.8, 0.1, 0.1].map((p, c) => (p - target[c]) / 8)))
    );
    assertNear(gradient, wanted, 1e-3);
    const many = { foregroundLeast: 0.4, backgroundLeast: 0, backgroundMost: 1, ccnnRounds: 40 };
    const { loss: bounded } = await evaluate(device, baselines.ccnn, alike, many);
    const [one, two] = [-(0.6 * log(0.8) + 0.4 * log(0.1)), -(0.2 * log(0.8) + 0.8 * log(0.1))];
    assertNear([bounded], [(one + two) / 2], 1e-4);
    // A class not shown that is beyond doubt leaves nothing to the others in p.
    const sure: Case = { scores: [[[3, 0, 300], [3, 0, 300]]], shown: [[1]], width: 2 };
    const rest = await evaluate(device, baselines.ccnn, sure);
    assertNear([rest.loss], [0.7 * 297 + 0.3 * 300], 1e-4);
    assertNear(rest.gradient, [-0.35, -0.35, -0.15, -0.15, 0.5, 0.5], 1e-3);
  });
});

Deno.test("size: squares of what sizes are beyond their bounds", async () => {
  await onBothKernels(async (device) => {
    const { loss } = await evaluate(device, baselines.size, alike);
    // First image: 0.1 of background too much, 0.1 of a class not shown; second: the former alone.
    assertNear([loss], [(0.01 + 0.01 + 0.01) / 2], 1e-5);
    const { loss: more } = await evaluate(device, baselines.size, alike, { foregroundLeast: 0.3 });
    assertNear([more], [(0.01 + 0.04 + 0.01 + 0.01 + 0.04 + 0.04) / 2], 1e-5);
    const { loss: none } = await evaluate(device, baselines.size, {
      ...alike,
      shown: [[], [1, 2]],
    });
    assertNear([none], [(0.01 + 0.01 + 0.01) / 2], 1e-5); // all may be background, nothing else
  });
});

/** -log softmax of one pixel's scores. */
function surprise(scores: readonly number[], c: number): number {
  return log(scores.reduce((sum, z) => sum + Math.exp(z), 0)) - scores[c];
}

Deno.test("EM-Fixed: cross-entropy with the best class after 5 for shown ones, 3 for background", async () => {
  await onBothKernels(async (device) => {
    const of: Case = {
      scores: [[[1, -2, 9], [1, 0, 2]], [[1, -2, -1.5], [3, 0, 2]]],
      shown: [[1], [2]],
      width: 2,
    };
    const mean = (mask: number[]) =>
      of.scores.flat().reduce((sum, z, u) => sum + surprise(z, mask[u]) / 4, 0);
    const { loss } = await evaluate(device, baselines["em-fixed"], of);
    assertNear([loss], [mean([0, 1, 0, 2])], 1e-5);
    const { loss: open } = await evaluate(device, baselines["em-fixed"], of, { emSuppress: false });
    assertNear([open], [mean([2, 1, 0, 2])], 1e-5);
  });
});

Deno.test("EM-Adapt: cross-entropy with the best class when each has its part of the area", async () => {
  await onBothKernels(async (device) => {
    // Background leads everywhere, by 5, 4, 3, 2, 1; class 1 gets two of five pixels.
    const rows = [5, 4, 3, 2, 1].map((z) => [z, 0, 7]);
    const of: Case = { scores: [rows, rows], shown: [[1], []], width: 5 };
    const portions = { emForegroundPortion: 0.4, emBackgroundPortion: 0.2 };
    const { loss } = await evaluate(device, baselines["em-adapt"], of, portions);
    const masks = [[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]];
    const wanted = masks.flat().reduce((sum, c, u) => sum + surprise(rows[u % 5], c) / 10, 0);
    assertNear([loss], [wanted], 1e-5);
  });
});

const p1 = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.4, 0.5, 0.1], [0.3, 0.3, 0.4]];
const p2 = [[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]];
const seeded: Case = {
  scores: [logs(p1), logs(p2)],
  shown: [[1], [1, 2]],
  width: 2,
  seeds: [0, 1, 255, 255, 1, 2, 255, 0],
  colours: Array(24).fill(100),
};
const floor = 0.01;
/** What the losses of seeds compare with: p after the floor. */
const raised = (p: number) => (p + floor) / (1 + 3 * floor);

const seedCost = -(log(raised(0.7)) + log(raised(0.6))) / 4 -
  (log(raised(0.3)) + log(raised(0.6)) + log(raised(0.8))) / 6;

/** Values pooled with weights 1, q, q^2, ... from the largest down. */
function pooled(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => b - a);
  const weights = sorted.map((_, k) => q ** k);
  const sum = weights.reduce((a, b) => a + b);
  return raised(sorted.reduce((total, v, k) => total + v * weights[k], 0) / sum);
}

function expandCost(): number {
  const of = (image: number[][], c: number, q: number) => pooled(image.map((p) => p[c]), q);
  const one = -log(of(p1, 1, 0.5)) - log(1 - of(p1, 2, 0)) - log(of(p1, 0, 0.8));
  const two = -(log(of(p2, 1, 0.5)) + log(of(p2, 2, 0.5))) / 2 - log(of(p2, 0, 0.8));
  return (one + two) / 2;
}

const decays = { secForegroundDecay: 0.5, secBackgroundDecay: 0.8, lossFloor: floor };

Deno.test("SEC: its three terms, and their sum", async () => {
  await onBothKernels(async (device) => {
    const { logits, labels, masks } = batch(device, seeded);
    const options = { ...decays, lossCrfIterations: 10 };
    assertNear(await read(seedLoss(logits, masks!, floor)), [seedCost], 1e-5);
    assertNear(await read(expandLoss(logits, labels, options)), [expandCost()], 1e-5);
    const q = planes([[0.9, 0.1, 0], [0.2, 0.4, 0.4], [0, 1, 0], [0.5, 0.25, 0.25]]);
    const target = tensor(device, floats([...q, ...planes(p2)]), [2, 3, 2, 2]);
    const divergence = (from: number[], to: number[]) =>
      from.reduce((sum, v, i) => sum + (v > 0 ? v * log(v / raised(to[i])) : 0), 0);
    const constrain = (divergence(q, planes(p1)) + divergence(planes(p2), planes(p2))) / 8;
    assertNear(await read(constrainLoss(logits, target, floor)), [constrain], 1e-5);
    // Without iterations Q is p where that is above the floor.
    const itself = (divergence(planes(p1), planes(p1)) + divergence(planes(p2), planes(p2))) / 8;
    const { loss } = await evaluate(device, baselines.sec, seeded, {
      ...decays,
      lossCrfIterations: 0,
    });
    assertNear([loss], [seedCost + expandCost() + itself], 1e-5);
    logits.release();
  });
});

Deno.test("the CRF of SEC and DSRG is DenseCrf's, its widths divided, image by image", async () => {
  await onBothKernels(async (device) => {
    const [n, c, h, w] = [2, 3, 6, 8];
    const pixels = Array.from({ length: n * h * w }, (_, i) => {
      const [x, y] = [i % w, Math.floor(i / w) % h];
      return [x < 4 ? 0.6 : 0.3, x < 5 ? 0.1 : 0.5, 0.1 * (y + i % 3)];
    });
    const probable = pixels.map((p) => p.map((v) => v / (p[0] + p[1] + p[2])));
    const images = [0, 1].map((i) => probable.slice(i * h * w, (i + 1) * h * w));
    const colours = Array.from({ length: n * 3 * h * w }, (_, i) => i % w < 4 ? 20 * (i % 2) : 200);
    const logits = tensor(device, floats(images.map(logs).flatMap(planes)), [n, c, h, w]);
    for (const lossCrfScale of [20, undefined]) {
      const options = { lossCrfScale, lossCrfIterations: 1, lossFloor: 1e-4 };
      using crf = new LossCrf(device, options);
      const colour = tensor(device, floats(colours), [n, 3, h, w]);
      const q = await read(crf.probabilities(logits, colour));
      const by = lossCrfScale ?? 41 * 12 / 8; // as 41x41 maps have 12, so have 8x6 maps
      using same = new DenseCrf(device, {
        iterations: 1,
        gaussian: [{ sxy: 3 / by, compat: 3 }],
        bilateral: [{ sxy: 80 / by, srgb: 13, compat: 10 }],
      });
      for (const [i, image] of images.entries()) {
        const data = new Uint8Array(h * w * 3).map((_, k) =>
          colours[(i * 3 + k % 3) * h * w + Math.floor(k / 3)]
        );
        const unary = unaryFromProbabilities(planes(image), { clip: 1e-4 });
        const wanted = await same.probabilities({ width: w, height: h, data }, unary);
        assertNear(q.subarray(i * c * h * w, (i + 1) * c * h * w), wanted, 1e-4);
        assert(wanted.some((v, k) => Math.abs(v - planes(image)[k]) > 0.1), "it changed nothing");
      }
    }
  });
});

Deno.test("DSRG: seeds grow over confident regions of their class, each kind has its own mean", async () => {
  await onBothKernels(async (device) => {
    // A row: 1 sure, seed 1, 1 sure, 1 unsure, 1 behind 2, 2 sure but not shown, background sure, seed 0.
    const row = [
      [0.05, 0.9, 0.05],
      [0.05, 0.9, 0.05],
      [0.1, 0.87, 0.03],
      [0.3, 0.6, 0.1],
      [0.05, 0.4, 0.55],
      [0.04, 0.01, 0.95],
      [0.992, 0.004, 0.004],
      [0.995, 0.004, 0.001],
    ];
    const of: Case = {
      scores: [logs(row)],
      shown: [[1]],
      width: 8,
      seeds: [255, 1, 255, 255, 255, 255, 255, 0],
      colours: Array(24).fill(50),
    };
    const { logits, labels, masks } = batch(device, of);
    const q = tensor(device, floats(planes(row)), [1, 3, 1, 8]);
    const bounds = { dsrgForeground: 0.85, dsrgBackground: 0.99 };
    const options = { ...bounds, lossCrfIterations: 0, lossFloor: 0 };
    const grown = async (options: Parameters<typeof grownSeeds>[3]) => [
      ...await readIndices(grownSeeds(q, labels, masks!, options)),
    ];
    assertEquals(await grown(options), [1, 1, 1, 255, 255, 255, 0, 0]);
    assertEquals(await grown({ ...options, dsrgForeground: 0.5 }), [1, 1, 1, 1, 255, 255, 0, 0]);
    assertEquals(await grown({ ...options, dsrgForeground: 0.3 }), [1, 1, 1, 1, 1, 255, 0, 0]);
    assertEquals(await grown({ ...options, dsrgBackground: 0.993 }), [
      1,
      1,
      1,
      255,
      255,
      255,
      255,
      0,
    ]);
    const { loss } = await evaluate(device, baselines.dsrg, of, options);
    const foreground = -(2 * log(0.9) + log(0.87)) / 3;
    const background = -(log(0.992) + log(0.995)) / 2;
    assertNear([loss], [foreground + background], 1e-4);
    logits.release();
  });
});

Deno.test("losses of seeds ask for masks and colours, the others for neither", () => {
  const wants = Object.entries(baselines as Readonly<Record<string, LossKind>>)
    .map(([name, { masks, colours = false }]) => [name, masks, colours]);
  assertEquals(wants, [
    ["mil", false, false],
    ["size", false, false],
    ["ccnn", false, false],
    ["em-fixed", false, false],
    ["em-adapt", false, false],
    ["sec", true, true],
    ["dsrg", true, true],
  ]);
  for (const [name, option] of Object.entries(baselineOptions)) {
    assert(option.description?.startsWith("Loss"), `${name} does not say which loss reads it`);
  }
});
