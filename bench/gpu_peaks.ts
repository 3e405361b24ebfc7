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

/** The least nanoseconds of one run: by the device's timestamps, else by the clock and many runs. */
export async function nanoseconds(device: Device, run: () => void, times = 5): Promise<number> {
  let least = Infinity;
  const measure = device.timed ? () => device.time(run) : async (count = 20) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) run();
    await device.idle();
    return (performance.now() - start) * 1e6 / count;
  };
  for (let i = 0; i <= times; i++) {
    const time = await measure();
    if (i > 0) least = Math.min(least, time); // the first compiles
  }
  return least;
}

/** Measures both. `brief` takes a thousandth of the work, for software devices. */
export async function peaks(device: Device, brief: boolean): Promise<Peaks> {
  using _scope = device.scope();
  const [threads, TRIPS] = brief ? [2048, 64] : [1 << 20, 256];
  const y = empty(device, [threads]);
  const each = await nanoseconds(device, () =>
    device.run(fma, { y }, {
      params: { a: 0.999, b: 0.5 },
      overrides: { TRIPS },
      threads: [threads],
    }));
  const size = brief ? 1 << 16 : 1 << 22;
  const [from, to] = [empty(device, [size, 4]), empty(device, [size, 4])];
  device.clear(from.storage);
  const copied = await nanoseconds(
    device,
    () => device.run(stream, { x: from, y: to }, { params: { size }, threads: size }),
  );
  return { flops: threads * TRIPS * 32 * 4 * 2 / each * 1e9, bytes: 32 * size / copied * 1e9 };
}
