import { DenseCrf } from "../src/crf/mod.ts";
import { Random } from "../src/data/random.ts";
import { scene } from "../src/data/synth/scene.ts";
import { Device } from "../src/gpu/mod.ts";
import { crfEnergies } from "./crf_inputs.ts";
import { demoStep } from "./dynamic.ts";

/** The memory of the process after some of many repetitions. */
export interface SoakRow {
  /** What is repeated. */
  readonly what: string;
  /** How often it was done so far. */
  readonly done: number;
  /** The resident memory of the process, bytes. */
  readonly bytes: number;
  /** Bytes that each repetition since the last row added. */
  readonly growth: number;
  /** Milliseconds of each repetition since the last row. */
  readonly ms: number;
}

const SIZES = 20;
const LABELS = 5;

/**
 * Repeats a step of dynamic training at the demo's size `steps` times, and the dense CRF on a tenth as
 * many pictures of twenty sizes; ten rows each. After the first of them memory should not grow.
 */
export async function soak(steps: number): Promise<SoakRow[]> {
  return [...await soakTraining(steps), ...await soakCrf(Math.ceil(steps / 10))];
}

async function soakTraining(steps: number): Promise<SoakRow[]> {
  using device = await Device.open();
  const step = await demoStep(device);
  return await repeat("step of dynamic training", steps, async (i) => {
    step();
    if (i % 10 === 9) await device.idle(); // as training does when it logs
    else device.flush();
  });
}

async function soakCrf(count: number): Promise<SoakRow[]> {
  using device = await Device.open();
  using crf = new DenseCrf(device);
  const random = new Random(1);
  const inputs = Array.from({ length: SIZES }, () => {
    const [width, height] = [160, 120].map((least) => least + random.integer(3 * least / 2));
    const { image } = scene(random, { width, height });
    return { image, unary: crfEnergies(image, LABELS) };
  });
  return await repeat(`dense CRF, ${LABELS} labels, ${SIZES} sizes`, count, async () => {
    const { image, unary } = inputs[random.integer(SIZES)];
    await crf.labels(image, unary);
  });
}

async function repeat(
  what: string,
  count: number,
  once: (i: number) => Promise<void>,
): Promise<SoakRow[]> {
  const rows: SoakRow[] = [];
  const every = Math.ceil(count / 10);
  let before = Deno.memoryUsage().rss;
  let start = performance.now();
  for (let i = 0; i < count; i++) {
    await once(i);
    const done = i + 1;
    if (done % every > 0 && done < count) continue;
    const repeated = (done - 1) % every + 1;
    const bytes = Deno.memoryUsage().rss;
    const growth = (bytes - before) / repeated;
    rows.push({ what, done, bytes, growth, ms: (performance.now() - start) / repeated });
    [before, start] = [bytes, performance.now()];
  }
  return rows;
}
