import { fromFileUrl } from "@std/path";
import { writeAtomic } from "../src/files/atomic.ts";
import { writeJson } from "../src/files/json.ts";
import { version } from "../src/files/version.ts";
import { Device } from "../src/gpu/mod.ts";
import { type CrfCosts, crfCosts } from "./crf.ts";

import { type DynamicCost, dynamicCosts } from "./dynamic.ts";
import { gpuPage } from "./gpu_page.ts";
import { type Peaks, peaks } from "./gpu_peaks.ts";
import { type ProductTime, productTimes, type Tuned } from "./gpu_products.ts";
import { type MemoryBound, memoryBound } from "./memory_bound.ts";
import { type Overheads, overheads } from "./dispatch.ts";
import { peerRates } from "./peers.ts";
import { type StepCost, stepCost } from "./step.ts";

/** What is asked of {@linkcode benchGpu}. */
export interface GpuOptions {
  /** Where the figures go as JSON. */
  readonly json: string;
  /** Where the page of Markdown goes. */
  readonly page: string;
  /** A form of seconds that shows that it works; the default on software devices. */
  readonly brief?: boolean;
  /** Photographs of 500x375, for the CRF. */
  readonly photographs?: string;
  /** Fetch tfjs and jax-js from npm, and measure them too. */
  readonly peers?: boolean;
}

/** What was measured on one machine. */
export interface GpuFigures {
  /** The device, and what ran. */
  readonly machine: Readonly<Record<string, string | number | boolean>>;
  /** What was left out or failed, and why. */
  readonly notes: string[];
  /** The tests of both families of kernels. */
  tests?: { passed: number; failed: number; seconds: number; failures: readonly string[] };
  /** What the device can do at most. */
  peaks?: Peaks;
  /** Products before and after the tuner. */
  products?: { times: readonly ProductTime[]; tuned: Tuned | undefined };
  /** Ops bound by memory. */
  memory?: readonly MemoryBound[];
  /** Costs of dispatches and waits. */
  overheads?: Overheads;
  /** The dense CRF. */
  crf?: CrfCosts;
  /** A training step. */
  step?: StepCost;
  /** A step of dynamic refinement. */
  dynamic?: readonly DynamicCost[];
  /** Other libraries. */
  peers?: Awaited<ReturnType<typeof peerRates>>;
  /** Seconds that all took. */
  seconds: number;
}

/** Seconds in which everything is done: a part begins only where its share is left. */
const LIMIT = 470;

/**
 * Measures all that is to be known of henka on a GPU within eight minutes, and writes it as JSON and as a
 * page. A part that fails or finds too little time left is noted, and the others go on.
 */
export async function benchGpu(options: GpuOptions): Promise<GpuFigures> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const figures = await machine(options);
  const brief = figures.machine.brief === true;
  const part = async (name: string, seconds: number, work: (device: Device) => Promise<void>) => {
    if (elapsed() + seconds > LIMIT) {
      figures.notes.push(`${name}: left out, ${LIMIT - Math.round(elapsed())} s were left`);
      return;
    }
    console.log(`${elapsed().toFixed(0).padStart(4)} s  ${name}`);
    try {
      using device = await Device.open(brief ? { kernels: "buffers" } : {});
      await work(device);
      await device.idle();
    } catch (error) {
      figures.notes.push(`${name}: failed, ${(error as Error).message}`);
    }
    figures.seconds = elapsed();
    await writeJson(options.json, figures); // what is known so far outlives a crash of the driver
  };
  await part("peaks", 10, async (device) => {
    figures.peaks = await peaks(device, brief);
  });
  await part("tests of both families", 150, async () => {
    figures.tests = await tests(brief, Math.min(150, LIMIT - elapsed()));
  });
  await part("products and the tuner", 60, async (device) => {
    const until = performance.now() + (brief ? 0 : 1000 * Math.min(90, LIMIT - elapsed() - 100));
    figures.products = await productTimes(device, brief, until);
  });
  if (!brief) {
    await part("training step", 30, async (device) => {
      figures.step = await stepCost(device);
    });
    await part("dense CRF", 60, async (device) => {
      figures.crf = await crfCosts(device, options.photographs, [[3, 10], [21, 10]]);
    });
    await part("overheads", 10, async (device) => {
      figures.overheads = await overheads(device);
    });
    await part("ops bound by memory", 60, async (device) => {
      figures.memory = await memoryBound(device);
    });
    await part("step of dynamic refinement", 40, async () => {
      figures.dynamic = await dynamicCosts(options.photographs, 2);
    });
    if (options.peers) {
      await part("other libraries", 60, async (device) => {
        figures.peers = await peerRates(device);
      });
    }
  }
  figures.seconds = elapsed();
  await writeJson(options.json, figures);
  const page = gpuPage(figures);
  await writeAtomic(options.page, page);
  console.log(`\n${page}`);
  return figures;
}

async function machine({ brief, peers }: GpuOptions): Promise<GpuFigures> {
  using device = await Device.open();
  const { description, texels, software, timed, gpu: { limits } } = device;
  const notes: string[] = [];
  if (software) notes.push(`${description} is a program: nothing here says how fast a GPU is`);
  if (!timed) notes.push("the device has no timestamps: times are of the clock, nothing is tuned");
  if (!peers) notes.push("tfjs and jax-js are measured with --peers");
  return {
    machine: {
      device: description,
      kernels: texels && !(brief ?? software) ? "texels" : "buffers",
      brief: brief ?? software,
      henka: version,
      deno: Deno.version.deno,
      system: `${Deno.build.os} ${Deno.build.arch}`,
      load: Deno.loadavg()[0],
      "workgroup memory, bytes": limits.maxComputeWorkgroupStorageSize,
      "invocations a workgroup": limits.maxComputeInvocationsPerWorkgroup,
    },
    notes,
    seconds: 0,
  };
}

/** Runs the tests of kernels, which run both families. */
async function tests(brief: boolean, seconds: number): Promise<GpuFigures["tests"]> {
  const start = performance.now();
  const root = fromFileUrl(new URL("../", import.meta.url));
  const which = brief ? ["src/wgsl/sum"] : ["src/gpu", "src/tensor", "src/wgsl", "src/crf"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...which],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(1000 * seconds),
  });
  const text = new TextDecoder().decode((await child.output()).stdout);
  const lines = text.split("\n");
  const count = (word: string) =>
    Number(
      new RegExp(`(\\d+) ${word}`).exec(
        lines.findLast(
          (line) => / passed \| /.test(line),
        ) ?? "",
      )?.[1] ?? NaN,
    );
  const ended = Number.isFinite(count("passed"));
  return {
    passed: ended ? count("passed") : lines.filter((line) => / \.\.\. ok /.test(line)).length,
    failed: ended ? count("failed") : NaN,
    seconds: (performance.now() - start) / 1000,
    failures: lines.filter((line) => /\bFAILED\b/.test(line) && !/^FAILED/.test(line)).slice(0, 20),
  };
}
