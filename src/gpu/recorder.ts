import type { Profiler } from "./profile.ts";

const PARAMS_BYTES = 1 << 18;

/** Collects dispatches into one encoder and one open compute pass until they are submitted. */
export class Recorder {
  /** Counts submissions; memory used in the current epoch is in use by unsubmitted work. */
  epoch = 0;
  /** Dispatches since the device was opened. */
  dispatches = 0;
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

  /** Submits what was recorded. */
  flush(): void {
    if (!this.#encoder) {
      this.#used = 0; // slots of dispatches that were refused
      return;
    }
    this.#endPass();
    const after = this.profiler?.finish(this.#encoder);
    const commands = this.#encoder.finish();
    if (this.#used > 0) this.device.queue.writeBuffer(this.params, 0, this.#slots, 0, this.#used);
    this.device.queue.submit([commands]);
    this.#encoder = undefined;
    this.#used = 0;
    this.epoch++;
    after?.();
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }
}
