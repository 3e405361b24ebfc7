import { writeJson } from "../src/files/json.ts";
import { Device } from "../src/gpu/mod.ts";
import { crfCosts } from "./crf.ts";
import { overheads } from "./dispatch.ts";
import { dynamicCosts } from "./dynamic.ts";
import { peaks } from "./gpu_peaks.ts";
import { productTimes } from "./gpu_products.ts";
import { memoryBound } from "./memory_bound.ts";
import { peerRates } from "./peers.ts";
import { stepCost } from "./step.ts";

/** What a part is told. */
export interface PartOptions {
  /** Whether it takes as little work as shows that it runs. */
  readonly brief: boolean;
  /** Photographs of 500x375, for the CRF. */
  readonly photographs?: string;
  /** Seconds after which it is ended. */
  readonly seconds: number;
}

/** Measures one thing. */
interface Part {
  /** What it is called. */
  readonly title: string;
  /** Seconds that must be left for it to begin. */
  readonly least: number;
  /** Seconds after which it is ended. */
  readonly most: number;
  /** Whether software devices have a brief form of it. */
  readonly brief?: boolean;
  /** Measures it on a fresh device. */
  run(device: Device, options: PartOptions): Promise<unknown>;
}

const all = {
  peaks: {
    title: "peaks",
    least: 10,
    most: 40,
    brief: true,
    run: (device, { brief }) => peaks(device, brief),
  },
  products: {
    title: "products and the tuner",
    least: 40,
    most: 130,
    brief: true,
    run: (device, { brief, seconds }) => productTimes(device, brief, 0.75 * seconds),
  },
  crf: {
    title: "dense CRF",
    least: 30,
    most: 90,
    run: (device, { photographs }) => crfCosts(device, photographs, [[3, 10], [21, 10]]),
  },
  step: { title: "training step", least: 20, most: 60, run: stepCost },
  dynamic: {
    title: "step of dynamic refinement",
    least: 30,
    most: 80,
    run: (_, { photographs }) => dynamicCosts(photographs, 2),
  },
  memory: { title: "ops bound by memory", least: 20, most: 60, run: memoryBound },
  overheads: { title: "overheads", least: 10, most: 30, run: overheads },
  peers: { title: "other libraries", least: 30, most: 90, run: peerRates },
} as const satisfies Readonly<Record<string, Part>>;

/** The name of a part, under which its figures are kept. */
export type PartName = keyof typeof all;

/** What a part finds. */
export type Found<Name extends PartName> = Awaited<ReturnType<typeof all[Name]["run"]>>;

/** What is measured of a GPU, the goals first. */
export const parts: Readonly<Record<PartName, Part>> = all;

/**
 * Runs a part in a process of its own, which a crash of the driver ends alone.
 *
 * @throws {Error} saying in a line how it failed.
 */
export async function runPart(name: PartName, options: PartOptions): Promise<unknown> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const told = [name, JSON.stringify(options), path];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", import.meta.filename!, ...told],
      env: { NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(1000 * options.seconds),
    });
    const start = performance.now();
    const { success, signal, stderr } = await child.output();
    if (success) return JSON.parse(await Deno.readTextFile(path));
    if (performance.now() - start >= 1000 * options.seconds) {
      throw new Error(`it was ended after ${options.seconds} s`);
    }
    const lines = new TextDecoder().decode(stderr).split("\n");
    const line = lines.find((line) => /error/i.test(line)) ?? lines.findLast((line) => line.trim());
    throw new Error(`${line ?? "it said nothing"}${signal ? ` (${signal})` : ""}`);
  } finally {
    await Deno.remove(path);
  }
}

if (import.meta.main) {
  const [name, options, path] = Deno.args;
  const told = JSON.parse(options) as PartOptions;
  using device = await Device.open(told.brief ? { kernels: "buffers" } : {});
  const found = await parts[name as PartName].run(device, told);
  await device.idle();
  await writeJson(path, found);
  Deno.exit(0);
}
