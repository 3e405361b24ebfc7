import type { Image } from "../src/data/images/image.ts";

/** What a worker is sent: a batch of the dense CRF. */
export interface CrfBatch {
  /** Photographs, which are done twice. */
  readonly images: readonly Image[];
  /** Labels. */
  readonly labels: number;
  /** Iterations. */
  readonly iterations: number;
}

/** Two workers with a device each, as `crf` has them on software drivers. */
export class TwoDevices implements Disposable {
  private constructor(readonly workers: readonly Worker[]) {}

  /** Starts them. */
  static async open(): Promise<TwoDevices> {
    const url = new URL("./crf_worker.ts", import.meta.url);
    const workers = Array.from({ length: 2 }, () => new Worker(url, { type: "module" }));
    await Promise.all(workers.map(answer));
    return new TwoDevices(workers);
  }

  /** Photographs a second where both do a batch at once, from the first start to the last end. */
  async rate(batch: CrfBatch): Promise<number> {
    const answers = this.workers.map(answer<{ start: number; images: number }>);
    for (const worker of this.workers) worker.postMessage(batch);
    const done = await Promise.all(answers);
    const end = performance.timeOrigin + performance.now();
    const images = done.reduce((sum, own) => sum + own.images, 0);
    return 1000 * images / (end - Math.min(...done.map(({ start }) => start)));
  }

  [Symbol.dispose](): void {
    for (const worker of this.workers) worker.terminate();
  }
}

function answer<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
}
