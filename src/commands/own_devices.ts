import { prefetch } from "../data/augment/prefetch.ts";
import { startsWorkers } from "../files/system.ts";
import { type Device, DeviceError } from "../gpu/mod.ts";
import type { Kinds } from "./device_worker.ts";

/** Photographs for which workers are worth starting: each reads the program and compiles kernels first. */
const ENOUGH = 16;

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

/**
 * Whether photographs are better given to {@linkcode onOwnDevices}. A software driver copies what kernels
 * read on one thread, between dispatches, and divides each dispatch into as many parts as there are cores:
 * a third of two cores is idle, however much is recorded ahead. A second device, which a driver serves apart
 * only in a worker, fills that. On GPUs one device is enough, and what is profiled or measured is its own.
 *
 * @param processes how many share the work: others, perhaps on the same machine, fill its cores
 */
export function leavesIdle(device: Device, photographs: number, processes: number): boolean {
  const { software, profiled, choices } = device;
  return software && startsWorkers && processes === 1 && photographs >= ENOUGH && !profiled &&
    choices.measure === undefined && choices.entries().length === 0;
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
