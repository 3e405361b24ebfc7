import { fromFileUrl } from "@std/path";
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
  /** Measures it on a fresh device; `keep` takes what is known so far, should it be ended. */
  run(device: Device, options: PartOptions, keep: (found: unknown) => void): Promise<unknown>;
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
    run: (device, { brief, seconds }, keep) => productTimes(device, brief, 0.75 * seconds, keep),
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

/** Runs Deno, and kills it after so many seconds. */
export async function runDeno(args: readonly string[], seconds: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: fromFileUrl(new URL("../", import.meta.url)),
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL"); // a driver that hangs hears nothing else
  }, 1000 * seconds);
  const { success, signal, ...said } = await child.output();
  clearTimeout(timer);
  const [stdout, stderr] = [said.stdout, said.stderr].map((text) => new TextDecoder().decode(text));
  return { late, success, signal, stdout, stderr };
}

/**
 * Runs a part in a process of its own, which a crash of the driver ends alone: what it found, and in a line
 * how it failed, where it did.
 */
export async function runPart(
  name: PartName,
  options: PartOptions,
): Promise<{ readonly found?: unknown; readonly failed?: string }> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const told = [name, JSON.stringify(options), path];
    const command = ["run", "-A", "--no-check", import.meta.filename!, ...told];
    const { late, success, signal, stderr } = await runDeno(command, options.seconds);
    const text = await Deno.readTextFile(path);
    const found = text === "" ? undefined : JSON.parse(text);
    if (success) return { found };
    if (late) return { found, failed: `it was ended after ${options.seconds} s` };
    const lines = stderr.split("\n");
    const line = lines.find((line) => /error/i.test(line)) ?? lines.findLast((line) => line.trim());
    const failed = `${line ?? "it said nothing"}${signal ? ` (${signal})` : ""}`;
    return { found, failed };
  } finally {
    await Deno.remove(path);
  }
}

if (import.meta.main) {
  const [name, options, path] = Deno.args;
  const told = JSON.parse(options) as PartOptions;
  using device = await Device.open(told.brief ? { kernels: "buffers" } : {});
  const keep = (found: unknown) => {
    Deno.writeTextFileSync(`${path}.new`, JSON.stringify(found));
    Deno.renameSync(`${path}.new`, path);
  };
  const found = await parts[name as PartName].run(device, told, keep);
  await device.idle();
  keep(found);
  Deno.exit(0);
}
