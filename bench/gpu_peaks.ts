import { type Device, kernel } from "../src/gpu/mod.ts";
import { empty } from "../src/tensor/mod.ts";
import fmaCode from "./fma.wgsl" with { type: "text" };
import streamCode from "./stream.wgsl" with { type: "text" };

const fma = kernel("bench_fma", fmaCode);
const stream = kernel("bench_stream", streamCode);

/** What a device can do at most, measured. */
export interface Peaks {
  /** f32 operations a second, by a loop of multiply-adds. */
  readonly flops: number;
  /** Bytes read and written a second, by a copy of large buffers. */
  readonly bytes: number;
}

/** Nanoseconds that a measurement takes at least, runs in it at most, and seconds for all of them. */
const [ENOUGH, MOST, SECONDS] = [2e6, 32, 1];

/**
 * The least nanoseconds of one run, by the device's timestamps, else by the clock: of up to five
 * measurements, each of so many runs that clocks and timestamps have time to settle.
 */
export async function nanoseconds(device: Device, run: () => void): Promise<number> {
  const many = (count: number) => {
    for (let i = 0; i < count; i++) run();
  };
  const measure = async (count: number) => {
    if (device.timed) return await device.time(() => many(count)) / count;
    const start = performance.now();
    many(count);
    await device.idle();
    return (performance.now() - start) * 1e6 / count;
  };
  await measure(1); // compiles
  let least = await measure(1);
  const count = Math.max(1, Math.min(MOST, Math.round(ENOUGH / Math.max(1, least))));
  const start = performance.now();
  for (let i = 0; i < 5 && performance.now() - start < 1000 * SECONDS; i++) {
    least = Math.min(least, await measure(count));
  }
  return least;
}

/** Seconds that the loop of multiply-adds runs at once, by a first guess of its rate. */
const LOOP = 0.02;

/** Measures both. `brief` takes a thousandth of the work, for software devices. */
export async function peaks(device: Device, brief: boolean): Promise<Peaks> {
  using _scope = device.scope();
  const y = empty(device, [1 << 20]);
  const flops = async (threads: number, TRIPS: number) => {
    const dispatch = {
      params: { a: 0.999, b: 0.5 },
      overrides: { TRIPS },
      threads: [threads],
    } as const;
    return threads * TRIPS * 32 * 4 * 2 /
      await nanoseconds(device, () => device.run(fma, { y }, dispatch)) *
      1e9;
  };
  const first = await flops(2048, 64);
  const threads = 2048 * Math.max(1, Math.min(512, Math.floor(LOOP * first / (2048 * 256 * 256))));
  const size = brief ? 1 << 16 : 1 << 22;
  const [from, to] = [empty(device, [size, 4]), empty(device, [size, 4])];
  device.clear(from.storage);
  const copied = await nanoseconds(
    device,
    () => device.run(stream, { x: from, y: to }, { params: { size }, threads: size }),
  );
  return {
    flops: brief ? first : Math.max(first, await flops(threads, 256)),
    bytes: 32 * size / copied * 1e9,
  };
}
