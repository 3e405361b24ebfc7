import type { Device } from "./device.ts";
import { DeviceError } from "./error.ts";

/** How {@linkcode tune} works. */
export interface TuneOptions {
  /** Called after each class of shapes. */
  readonly shown?: (done: number, total: number, name: string, choice: string) => void;
  /** Ends it after the class at hand. */
  readonly signal?: AbortSignal;
  /** Nanoseconds that what `run` records takes; by default the device's own timestamps. */
  readonly measure?: (device: Device, run: () => void, way: string) => Promise<number>;
}

/** The usual way is kept unless another takes less than this part of its time: times scatter. */
const BETTER = 0.97;

/** What one measurement should take at least, in nanoseconds, and the most repetitions in it. */
const [ENOUGH, MOST] = [2e6, 32];

/**
 * Chooses a way for every class of shapes that was asked for and has none, by trying all on the device.
 *
 * A way that the device refuses is not chosen.
 *
 * @return how many classes were decided
 * @throws {DeviceError} when the device has no timestamps, or was lost.
 */
export async function tune(device: Device, options: TuneOptions = {}): Promise<number> {
  const { shown, signal, measure = timeOf } = options;
  const classes = [...device.choices.missing];
  let done = 0;
  for (const [name, make] of classes) {
    signal?.throwIfAborted();
    using trial = make();
    let [best, least] = [trial.ways[0], Infinity];
    for (const way of trial.ways) {
      const time = await attempt(() => measure(device, () => trial.run(way), way));
      if (time < (least === Infinity ? Infinity : least * (best === trial.ways[0] ? BETTER : 1))) {
        [best, least] = [way, time];
      }
    }
    device.choices.set(name, best);
    shown?.(++done, classes.length, name, best);
  }
  return classes.length;
}

/**
 * Measures, where that is wanted, the kernels that `work` would be the first to run, by a rehearsal of it.
 *
 * @param key what decides which kernels `work` runs, such as the size of a photograph: known ones cost nothing
 * @param work records dispatches and reads nothing back
 */
export async function measureFirst(device: Device, key: string, work: () => void): Promise<void> {
  const { choices } = device;
  if (!choices.measuring || choices.rehearsed.has(key)) return;
  choices.rehearsed.add(key);
  device.rehearse(() => {
    using _scope = device.scope();
    work();
  });
  if (choices.missing.size > 0) await choices.measure?.(device);
}

async function attempt(measured: () => Promise<number>): Promise<number> {
  try {
    return await measured();
  } catch (error) {
    if (error instanceof DeviceError && !/lost|timestamp/.test(error.message)) return Infinity;
    throw error;
  }
}

/** The least of three measurements of one run, after one that compiles. */
async function timeOf(device: Device, run: () => void): Promise<number> {
  const first = await device.time(run); // compiles, and says how many runs make a measurement
  const count = Math.max(1, Math.min(MOST, Math.round(ENOUGH / Math.max(1, first))));
  let least = Infinity;
  for (let i = 0; i < 3; i++) {
    const all = await device.time(() => {
      for (let j = 0; j < count; j++) run();
    });
    least = Math.min(least, all / count);
  }
  return least;
}
