import { writeAtomic } from "../src/files/atomic.ts";
import { writeJson } from "../src/files/json.ts";
import { version } from "../src/files/version.ts";
import { Device } from "../src/gpu/mod.ts";
import { gpuPage } from "./gpu_page.ts";
import { type Found, type PartName, parts, runDeno, runPart } from "./gpu_parts.ts";

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

/** What was measured on one machine, by part. */
export interface GpuFigures extends Figures {
  /** The device, and what ran. */
  readonly machine: Readonly<Record<string, string | number | boolean>>;
  /** What was left out or failed, and why. */
  readonly notes: string[];
  /** The tests of both families of kernels. */
  tests?: { passed: number; failed: number; seconds: number; failures: readonly string[] };
  /** Seconds that all took. */
  seconds: number;
}

/** What each part has found, where it came to its end. */
type Figures = { -readonly [Name in PartName]?: Found<Name> };

/** Seconds in which everything is done: a part begins only where its share is left. */
const LIMIT = 470;

/**
 * Measures all that is to be known of henka on a GPU within eight minutes, and writes it as JSON and as a
 * page. A part that fails, crashes or finds too little time left is noted, and the others go on.
 */
export async function benchGpu(options: GpuOptions): Promise<GpuFigures> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const figures = await machine(options);
  const brief = figures.machine.brief === true;
  const { photographs } = options;
  const part = async (
    { title, least, most }: { title: string; least: number; most: number },
    work: (seconds: number) => Promise<void>,
  ) => {
    const left = LIMIT - elapsed();
    if (left < least) {
      figures.notes.push(`${title}: left out, ${Math.max(0, Math.round(left))} s were left`);
      return;
    }
    console.log(`${elapsed().toFixed(0).padStart(4)} s  ${title}`);
    try {
      await work(Math.round(Math.min(most, left)));
    } catch (error) {
      figures.notes.push(`${title}: failed, ${(error as Error).message}`);
    }
    figures.seconds = elapsed();
    await writeJson(options.json, figures); // what is known so far outlives whatever comes
  };
  for (const name of Object.keys(parts) as PartName[]) {
    if (name === "step") {
      // The goals come before the tests, whose time is long.
      await part({ title: "tests of both families", least: 20, most: 150 }, async (seconds) => {
        figures.tests = await tests(brief, seconds);
      });
    }
    if ((brief && !parts[name].brief) || (name === "peers" && !options.peers)) continue;
    await part(parts[name], async (seconds) => {
      const { found, failed } = await runPart(name, { brief, photographs, seconds });
      if (found !== undefined) Object.assign(figures, { [name]: found });
      if (failed !== undefined) throw new Error(failed);
    });
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
  const which = brief ? ["src/wgsl/sum"] : ["src/gpu", "src/tensor", "src/wgsl", "src/crf"];
  const { stdout: text } = await runDeno(["test", "-A", "--no-check", ...which], seconds);
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
