import type { Device } from "../src/gpu/mod.ts";
import { empty, read } from "../src/tensor/mod.ts";
import { fill } from "../src/wgsl/mod.ts";
import { type Spread, spread } from "./rates.ts";

/** What the smallest pieces of work cost, in milliseconds. */
export interface Overheads {
  /** One more dispatch of a kernel that does next to nothing, in an open pass. */
  readonly dispatch: Spread;
  /** Of which JavaScript's part. */
  readonly recording: Spread;
  /** One more submit of such a dispatch, beyond the dispatch. */
  readonly submit: Spread;
  /** Waiting until such a dispatch is done. */
  readonly wait: Spread;
  /** Reading 4 bytes back. */
  readonly readBack: Spread;
}

const ROUNDS = 15;
const COUNT = 1000; // a wait is only known to some milliseconds

/** Measures what a dispatch, a submit and a read back cost by themselves. */
export async function overheads(device: Device): Promise<Overheads> {
  const one = () => fill(device, [1], 0).release();
  const timed = async (work: () => unknown) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  await timed(one);
  const x = empty(device, [1]);
  const [dispatch, recording, submit, wait, readBack]: number[][] = [[], [], [], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    await device.idle();
    wait.push(await timed(() => (one(), device.idle())));
    const last = wait[round];
    let recorded = 0;
    const all = await timed(async () => {
      const start = performance.now();
      for (let i = 0; i < COUNT; i++) one();
      recorded = performance.now() - start;
      await device.idle();
    });
    recording.push(recorded / COUNT);
    dispatch.push(Math.max(0, all - last) / COUNT);
    const each = await timed(async () => {
      for (let i = 0; i < COUNT; i++) {
        one();
        device.flush();
      }
      await device.idle();
    });
    submit.push(Math.max(0, each - all) / COUNT);
    readBack.push(await timed(() => read(x)));
  }
  x.release();
  return {
    dispatch: spread(dispatch),
    recording: spread(recording),
    submit: spread(submit),
    wait: spread(wait),
    readBack: spread(readBack),
  };
}
