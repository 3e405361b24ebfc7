import { prefetch } from "../data/augment/prefetch.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { startsWorkers } from "../files/system.ts";
import { type Device, DeviceError } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import type { Kinds } from "./device_worker.ts";

/** Photographs for which workers are worth starting: each reads the program and compiles kernels first. */
const ENOUGH = 16;
/** Bytes that a worker takes, and what they grow by with a pixel of the largest photograph. */
const [BASE, PIXEL] = [512 * 2 ** 20, 1024];

/** What a worker of {@linkcode onOwnDevices} is sent. */
export interface DeviceJob<Setting = unknown, Item = unknown> {
  /** What is to be done. */
  readonly kind: keyof Kinds;
  /** The family of kernels. */
  readonly kernels: "texels" | "buffers";
  /** How; the same for all jobs of a worker. */
  readonly setting: Setting;
  /** With what. */
  readonly item: Item;
}

/** Photographs that workers may compute. */
export interface Photographs {
  /** Their files. */
  readonly images: readonly { readonly image: string }[];
  /** The greatest side at which they are seen, where it is not their own. */
  readonly longSide?: number;
  /** How many processes share the work: others, perhaps on the same machine, fill its cores. */
  readonly processes?: number;
}

/**
 * Whether photographs are better given to {@linkcode onOwnDevices}; says so where memory decides it. A
 * software driver copies what kernels read on one thread, between dispatches, and divides each dispatch into
 * as many parts as there are cores: a third of two cores is idle, however much is recorded ahead. A second
 * device, which a driver serves apart only in a worker, fills that. On GPUs one device is enough, and what is
 * profiled or measured is its own.
 *
 * @throws {InputError} when the size of a photograph cannot be read.
 */
export async function leavesIdle(
  { software, profiled, choices }: Device,
  { images, longSide, processes = 1 }: Photographs,
  { memory, log }: Pick<Context, "memory" | "log">,
): Promise<boolean> {
  const pays = software && startsWorkers && processes === 1 && images.length >= ENOUGH &&
    !profiled && choices.measure === undefined && choices.entries().length === 0;
  if (!pays || memory === undefined) return pays;
  const needed = 2 * (BASE + PIXEL * await mostPixels(images, longSide));
  if (needed <= memory) return true;
  const [wanted, free] = [needed, memory].map((bytes) => (bytes / 2 ** 30).toFixed(1));
  log(
    `One device computes these photographs: two would take about ${wanted} GiB of memory, and ${free} ` +
      "were free when the command began.",
  );
  return false;
}

async function mostPixels(
  images: Photographs["images"],
  longSide: number | undefined,
): Promise<number> {
  if (longSide !== undefined) return longSide ** 2;
  let most = 0;
  for (const { image } of images) {
    const { width, height } = await readImageSize(image);
    most = Math.max(most, width * height);
  }
  return most;
}

/** What is made of each item, in their order, by two workers that have a device each. */
export function onOwnDevices<Kind extends keyof Kinds>(
  kind: Kind,
  { texels }: Device,
  setting: Parameters<Kinds[Kind]>[1],
  items: readonly ItemOf<Kind>[],
): AsyncGenerator<ResultOf<Kind>, void, void> {
  const kernels = texels ? "texels" : "buffers";
  const jobs = items.map((item): DeviceJob => ({ kind, kernels, setting, item }));
  const worker = new URL("./device_worker.ts", import.meta.url);
  return prefetch<DeviceJob, ResultOf<Kind>>(worker, jobs, {
    workers: 2,
    ahead: 4,
    errors: { DeviceError },
  });
}

type Work<Kind extends keyof Kinds> = Awaited<ReturnType<Kinds[Kind]>>;
type ItemOf<Kind extends keyof Kinds> = Parameters<Work<Kind>>[0];
type ResultOf<Kind extends keyof Kinds> = ReturnType<Work<Kind>> extends AsyncIterable<infer R> ? R
  : never;
