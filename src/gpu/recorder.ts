import type { Profiler } from "./profile.ts";

const PARAMS_BYTES = 1 << 18;

/** Work of the program that has its turn between two submissions. */
export type Turn = () => void | Promise<void>;

/** Collects dispatches into one encoder and one open compute pass until they are submitted. */
export class Recorder {
  /** Counts submissions; memory used in the current epoch is in use by unsubmitted work. */
  epoch = 0;
  /** Dispatches since the device was opened. */
  dispatches = 0;
  /** Whether a rehearsal is on: what is computed now has no value. */
  rehearsing = false;
  /** When set, each dispatch is timed in a pass of its own. */
  profiler: Profiler | undefined;
  /** The scalar parameters of recorded dispatches, one aligned slot each. */
  readonly params: GPUBuffer;
  readonly #slots = new ArrayBuffer(PARAMS_BYTES);
  readonly #view = new DataView(this.#slots);
  readonly #align: number;
  #used = 0;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #pipeline: GPUComputePipeline | undefined;
  readonly #turns: Turn[] = [];
  #settling: Promise<void> | undefined;

  /** A recorder for one device. */
  constructor(readonly device: GPUDevice) {
    this.#align = device.limits.minUniformBufferOffsetAlignment;
    this.params = device.createBuffer({ size: PARAMS_BYTES, usage: 0x40 | 0x08 });
  }

  /** A slot for `bytes` bytes of parameters: where it starts, and a view to write it through. */
  slot(bytes: number): { readonly offset: number; readonly view: DataView } {
    const size = Math.ceil(bytes / this.#align) * this.#align;
    if (this.#used + size > PARAMS_BYTES) this.flush();
    const offset = this.#used;
    this.#used += size;
    return { offset, view: this.#view };
  }

  /** Records one dispatch. */
  dispatch(
    name: string,
    pipeline: GPUComputePipeline,
    group: GPUBindGroup,
    offsets: number[],
    groups: readonly [number, number, number],
  ): void {
    const profiler = this.profiler;
    if (profiler) this.#endPass();
    if (!this.#pass) {
      this.#pass = this.encoder().beginComputePass(
        profiler ? { timestampWrites: profiler.pass(name) } : undefined,
      );
      this.#pipeline = undefined;
    }
    if (this.#pipeline !== pipeline) this.#pass.setPipeline(this.#pipeline = pipeline);
    this.#pass.setBindGroup(0, group, offsets);
    this.#pass.dispatchWorkgroups(...groups);
    this.dispatches++;
    if (profiler?.full) this.flush();
  }

  /** The encoder, outside any pass, for copies. */
  encoder(): GPUCommandEncoder {
    this.#endPass();
    return this.#encoder ??= this.device.createCommandEncoder();
  }

  /** Whether something is to be done before what is recorded now may be submitted. */
  get waiting(): boolean {
    return this.#turns.length > 0 || this.#settling !== undefined;
  }

  /** Does work at once, or in its turn where something else is to be done before. */
  inTurn(work: () => void): void {
    if (this.waiting) this.#turns.push(work);
    else work();
  }

  /** Puts work between what was recorded before and what will be; see {@linkcode settle}. */
  defer(turn: Turn): void {
    this.flush();
    this.#turns.push(turn);
  }

  /** Does and submits all that waits, in its order; one that fails takes the rest with it. */
  settle(): Promise<void> {
    this.flush();
    return this.#settling ??= this.#takeTurns();
  }

  async #takeTurns(): Promise<void> {
    try {
      for (let turn = this.#turns.shift(); turn; turn = this.#turns.shift()) await turn();
    } finally {
      this.#turns.length = 0;
      this.#settling = undefined;
    }
  }

  /** Submits what was recorded, as soon as what waits before it is done. */
  flush(): void {
    if (!this.#encoder) {
      this.#used = 0; // slots of dispatches that were refused
      return;
    }
    this.#endPass();
    const after = this.profiler?.finish(this.#encoder);
    const commands = this.#encoder.finish();
    const used = this.#used;
    const slots = this.waiting ? this.#slots.slice(0, used) : this.#slots;
    this.inTurn(() => {
      if (used > 0) this.device.queue.writeBuffer(this.params, 0, slots, 0, used);
      this.device.queue.submit([commands]);
      after?.();
    });
    this.#encoder = undefined;
    this.#used = 0;
    this.epoch++;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }
}
