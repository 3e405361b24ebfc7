import { join } from "@std/path";
import * as z from "zod";
import { loadExamples } from "../data/load_example.ts";
import { type Mask, readMask, writeMask } from "../data/mask.ts";
import { type Maps, resizeMask, viewMaps } from "../data/resize.ts";
import { loadState } from "../nn/mod.ts";
import { readRun } from "../pipeline/run.ts";
import { parseShard, shardOf, shardOption } from "../pipeline/shard.ts";
import { type Context, type Stage, stage } from "../pipeline/stage.ts";
import { read, tensor, untracked } from "../tensor/mod.ts";
import { writeNpy } from "../weights/npy.ts";
import { uploadMasks } from "./batches.ts";
import { type Biases, collapsedClasses, integrate } from "./integration.ts";
import { buildNetworks, type Networks } from "./networks.ts";
import { makePairs, type Pair } from "./pairs.ts";
import { networkState, staticConfig } from "./static.ts";

const config = z.strictObject({
  run: z.string().describe("Folder of a run of `train static`"),
  out: z.string().describe("Folder for the refined masks, ID.png"),
  data: z.string().optional().describe("Another data folder than the run's"),
  list: z.string().optional().describe("Another list than the run's"),
  scores: z.string().optional().describe("Another folder of activation maps than the run's"),
  knowledge: z.string().optional().describe("Another folder of masks to refine than the run's"),
  advice: z.string().optional().describe("Another folder of masks to compare with than the run's"),
  changes: z.string().optional()
    .describe("Folder for the change logits, ID.npy `[2, h, w]`; RUN/changes by default"),
  differenceBias: z.number().default(0.1).describe("Favours the advice (dd_bias)"),
  backgroundBias: z.number().default(0.1).describe("Favours background (bg_bias)"),
  flagWeight: z.number().default(1).describe("Keeps classes that the advice deletes"),
  mirror: z.boolean().default(false).describe("Average the predictions with the mirror image's"),
  batch: z.int().positive().default(8).describe("Photographs at a time"),
  shard: shardOption,
});

/** Writes refined masks: at each pixel the knowledge or the advice, as the predictor judges. */
export const refine: Stage<typeof config> = stage({
  command: "refine",
  summary: "Write refined masks for a folder of photographs (static refinement)",
  example: "refine --run runs/a --out refined",
  config,
  async run(config, context) {
    const { config: saved, checkpoint } = await readRun(config.run);
    const trained = staticConfig.parse({ ...saved, resume: false, overwrite: false });
    const data = { ...trained, ...given(config) };
    const folder = "data" in given(config) ? config.out : trained.cache ?? config.run;
    const pairs = await makePairs(data, folder, context);
    const device = await context.device();
    const networks = await buildNetworks(device, trained, pairs.classes.length, trained.seed);
    await loadState(checkpoint.path, networkState(networks));
    const changes = config.changes ?? join(config.run, "changes");
    await Deno.mkdir(changes, { recursive: true });
    await Deno.mkdir(config.out, { recursive: true });
    const biases: Biases = {
      difference: config.differenceBias,
      background: config.backgroundBias,
      flag: config.flagWeight,
    };
    const list = shardOf(pairs.list, parseShard(config.shard));
    const display = context.progress("refine", list.length);
    const options = { imageSize: trained.imageSize, batch: config.batch, mirror: config.mirror };
    let done = 0;
    for await (const { pair, logits } of predictChanges(networks, list, options, context)) {
      await writeChanges(join(changes, `${pair.id}.npy`), logits);
      const mask = await refineMask(pair, logits, pairs.classes.length, biases);
      await writeMask(join(config.out, `${pair.id}.png`), mask);
      display.update(++done);
    }
    display.done();
    context.log(`${done} refined masks in ${config.out}, change logits in ${changes}`);
  },
});

/** The options of `given` that were set on the command line and replace the run's. */
function given(options: z.output<typeof config>) {
  const { data, list, scores, knowledge, advice } = options;
  const all = { data, list, scores, knowledge, advice };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function writeChanges(path: string, { height, width, data }: Maps): Promise<void> {
  const values = data as Float32Array<ArrayBuffer>;
  await writeNpy(path, { dtype: "F16", shape: [2, height, width], data: values });
}

/** How changes are predicted. */
export interface PredictOptions {
  /** Side of the square the networks see. */
  readonly imageSize: number;
  /** Photographs at a time. */
  readonly batch: number;
  /** Average with the mirror image. */
  readonly mirror?: boolean;
}

/**
 * Predicts the changes of pairs of masks, in order: logits of two planes at the resolution of the
 * networks' maps, plane 0 seen from the knowledge and plane 1 from the advice.
 */
export async function* predictChanges(
  networks: Networks,
  pairs: readonly Pair[],
  { imageSize, batch, mirror = false }: PredictOptions,
  context: Context,
): AsyncGenerator<{ pair: Pair; logits: Maps }> {
  const views = mirror ? [false, true] : [false];
  const { normalisation, segmenter } = networks;
  const side = imageSize / segmenter.stride;
  const jobs = pairs.flatMap(({ image, knowledge, advice }) =>
    views.map((flip) => ({
      image,
      masks: [knowledge, advice],
      view: { width: imageSize, height: imageSize, flip },
      seed: 0,
      normalise: normalisation,
    }))
  );
  let waiting: { planes: Float32Array; masks: [Mask, Mask] }[] = [];
  let at = 0;
  for await (const { planes, masks: [k, a] } of loadExamples(jobs, { ahead: 2 * batch + 2 })) {
    context.signal.throwIfAborted();
    waiting.push({ planes, masks: [resizeMask(k, side, side), resizeMask(a, side, side)] });
    const whole = waiting.length / views.length;
    if (whole < batch && at + whole < pairs.length) continue;
    const logits = await forward(networks, waiting, imageSize);
    for (let i = 0; i < whole; i++) {
      const own = logits.slice(i * views.length, (i + 1) * views.length);
      yield {
        pair: pairs[at + i],
        logits: { channels: 2, height: side, width: side, data: average(own, side) },
      };
    }
    at += whole;
    waiting = [];
  }
}

/** Change logits `[2, h, w]` for each view. */
async function forward(
  { segmenter, predictor }: Networks,
  views: readonly { planes: Float32Array; masks: [Mask, Mask] }[],
  imageSize: number,
): Promise<Float32Array[]> {
  const { device } = predictor.predict.weight;
  using _scope = device.scope();
  const n = views.length;
  const planes = new Float32Array(n * 3 * imageSize ** 2);
  views.forEach((view, i) => planes.set(view.planes, i * 3 * imageSize ** 2));
  const [fromK, fromA] = untracked(() => {
    const x = tensor(device, planes, [n, 3, imageSize, imageSize]);
    const { high, low } = segmenter.decode(segmenter.encode(x, "infer"), "infer");
    const head = predictor.head(high, low);
    return ([0, 1] as const).map((which) => {
      const masks = views.map((view) => view.masks[which]);
      return predictor.logits(head, uploadMasks(device, masks));
    });
  });
  const [k, a] = await Promise.all([read(fromK), read(fromA)]);
  const size = k.length / n;
  return views.map((_, i) => {
    const pair = new Float32Array(2 * size);
    pair.set(k.subarray(i * size, (i + 1) * size));
    pair.set(a.subarray(i * size, (i + 1) * size), size);
    return pair;
  });
}

/** The mean of a view and its mirror image, turned back; or the one view as it is. */
function average(
  [plain, mirrored]: readonly Float32Array[],
  side: number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(plain, (value, i) => {
    if (!mirrored) return value;
    const x = i % side;
    return (value + mirrored[i - x + side - 1 - x]) / 2;
  });
}

/** The refined mask of a photograph, at the photograph's own size. */
export async function refineMask(
  { knowledge, advice, labels }: Pair,
  logits: Maps,
  classes: number,
  biases: Biases,
): Promise<Mask> {
  const [K, A] = await Promise.all([readMask(knowledge), readMask(advice)]);
  const { width, height } = K;
  const large = viewMaps(logits, { width, height }).data;
  const [fromK, fromA] = [large.subarray(0, width * height), large.subarray(width * height)];
  const flags = collapsedClasses(K.data, A.data, labels, classes);
  return { width, height, data: integrate(K.data, A.data, fromK, fromA, flags, biases) };
}
