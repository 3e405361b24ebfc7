import process from "node:process";
import { DenseCrf } from "../src/crf/mod.ts";
import type { Image } from "../src/data/images/image.ts";
import { Device } from "../src/gpu/mod.ts";
import { crfEnergies, crfPhotographs } from "./crf_inputs.ts";
import { type PeerTurn, Pydensecrf } from "./pydensecrf.ts";
import { TwoDevices } from "./two_devices.ts";

/** What inference costs with one number of labels and of iterations, milliseconds a photograph. */
export interface CrfCost {
  /** Labels. */
  readonly labels: number;
  /** Iterations. */
  readonly iterations: number;
  /** Upload, lattices, Q without any iteration, and the labels read back. */
  readonly build: number;
  /** One iteration. */
  readonly each: number;
  /** All of it. */
  readonly total: number;
  /** CPU time of all of it, all threads together. */
  readonly cpu: number;
  /** Photographs a second where they follow each other. */
  readonly rate: number;
  /** Photographs a second of two workers with a device each, where the driver is software. */
  readonly pairRate?: number;
  /** The most bytes of buffers and textures in use at once. */
  readonly peakBytes: number;
  /** pydensecrf on the same photograph, in turns with ours, where it is installed. */
  readonly peer?: PeerCost;
}

/** What pydensecrf takes on one core, least times, and how near its values are. */
export interface PeerCost extends PeerTurn {
  /** Photographs a second of two processes at once. */
  readonly rate: number;
  /** The largest difference of a probability from ours. */
  readonly difference: number;
}

/** What one kernel takes of one photograph. */
export interface CrfStage {
  /** The kernel. */
  readonly name: string;
  /** Dispatches. */
  readonly count: number;
  /** Milliseconds of all of them. */
  readonly ms: number;
}

/** What {@linkcode crfCosts} measures. */
export interface CrfCosts {
  /** What was measured on. */
  readonly photographs: string;
  /** One for each number of labels and iterations. */
  readonly costs: readonly CrfCost[];
  /** The kernels of ten iterations by number of labels; empty without timestamps. */
  readonly stages: Readonly<Record<number, readonly CrfStage[]>>;
}

const usual = [3, 5, 21].flatMap((labels) => [[labels, 3], [labels, 10]] as const);

/**
 * Measures the dense CRF on photographs of 500x375, of a folder where one is given: least times, after
 * a warm-up, in turns with pydensecrf.
 */
export async function crfCosts(
  device: Device,
  folder?: string,
  which: readonly (readonly [labels: number, iterations: number])[] = usual,
): Promise<CrfCosts> {
  const { name, images } = await crfPhotographs(500, 375, 4, folder);
  const unaries = new Map(which.map(([labels]) => [labels, crfEnergies(images[0], labels)]));
  const peers = [await Pydensecrf.start(images[0], unaries)].filter((peer) => peer !== undefined);
  const second = peers.length > 0 && await Pydensecrf.start(images[0], unaries);
  if (second) peers.push(second);
  const costs: CrfCost[] = [];
  using pair = device.software ? await TwoDevices.open() : undefined;
  for (const [labels, iterations] of which) {
    costs.push(await costOf(device, images, labels, iterations, { peers, pair }));
  }
  for (const peer of peers) await peer[Symbol.asyncDispose]();
  const stages: Record<number, readonly CrfStage[]> = {};
  for (const labels of [3, 21]) stages[labels] = await stagesOf(images[0], labels);
  return { photographs: name, costs, stages };
}

async function costOf(
  device: Device,
  images: readonly Image[],
  labels: number,
  iterations: number,
  { peers, pair }: { readonly peers: readonly Pydensecrf[]; readonly pair?: TwoDevices },
): Promise<CrfCost> {
  using crf = new DenseCrf(device, { iterations });
  using empty = new DenseCrf(device, { iterations: 0 });
  const [image] = images;
  const unary = crfEnergies(image, labels);
  device.pool.peak = device.pool.bytes;
  const q = await crf.probabilities(image, unary);
  for (const own of [crf, empty]) await own.labels(image, unary); // compiles
  const peakBytes = device.pool.peak;
  const own: Cost[] = [];
  const built: Cost[] = [];
  const theirs: PeerTurn[] = [];
  for (let run = 0; run < 4; run++) {
    own.push(await spent(() => crf.labels(image, unary)));
    built.push(await spent(() => empty.labels(image, unary)));
    if (peers.length > 0) theirs.push(await peers[0].turn(labels, iterations));
  }
  const [total, build] = [own, built].map((runs) => Math.min(...runs.map(({ ms }) => ms)));
  const cpu = Math.min(...own.map(({ cpu }) => cpu));
  const each = (total - build) / iterations;
  const ours = { labels, iterations, build, each, total, cpu, peakBytes };
  const inputs = images.map((image) => ({ image, unary: crfEnergies(image, labels) }));
  let [rate, pairRate, peerRate] = [0, 0, 0];
  for (let run = 0; run < 2; run++) {
    const batch = await spent(() => Array.fromAsync(crf.labelsOfAll([...inputs, ...inputs])));
    rate = Math.max(rate, 2000 * inputs.length / batch.ms);
    if (pair) pairRate = Math.max(pairRate, await pair.rate({ images, labels, iterations }));
    const both = await spent(() =>
      Promise.all(peers.map(async (peer) => {
        for (let i = 0; i < inputs.length; i++) await peer.turn(labels, iterations);
      }))
    );
    peerRate = Math.max(peerRate, 1000 * peers.length * inputs.length / both.ms);
  }
  const batches = { rate, ...(pair && { pairRate }) };
  if (peers.length === 0) return { ...ours, ...batches };
  const values = await peers[0].values(labels, iterations);
  const least = (key: keyof PeerTurn) => Math.min(...theirs.map((turn) => turn[key]));
  const peer = {
    build: least("build"),
    total: least("total"),
    cpu_build: least("cpu_build"),
    cpu: least("cpu"),
    rate: peerRate,
    difference: q.reduce((most, v, i) => Math.max(most, Math.abs(v - values[i])), 0),
  };
  return { ...ours, ...batches, peer };
}

/** Milliseconds, and those of all threads of this process. */
interface Cost {
  readonly ms: number;
  readonly cpu: number;
}

async function spent(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpu: (user + system) / 1000 };
}

async function stagesOf(image: Image, labels: number): Promise<readonly CrfStage[]> {
  let device: Device;
  try {
    device = await Device.open({ profile: true });
  } catch {
    return []; // this adapter has no timestamps
  }
  using timed = device;
  using crf = new DenseCrf(timed);
  const unary = crfEnergies(image, labels);
  await crf.labels(image, unary);
  await timed.profile();
  await crf.labels(image, unary);
  return (await timed.profile()).map(({ name, count, nanoseconds }) => ({
    name,
    count,
    ms: nanoseconds / 1e6,
  }));
}
