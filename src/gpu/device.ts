import { Arguments, type Resource } from "./arguments.ts";
import { Choices } from "./choices.ts";
import { Copies } from "./copies.ts";
import { DeviceError, ErrorLatch } from "./error.ts";
import { Exchange, type Numbers, type Peers } from "./exchange.ts";
import { fingerprintOf, runsTexels } from "./family.ts";
import { halvesOf, type Kernel } from "./kernel.ts";
import { type DeviceOptions, kernelsAsked, openAdapter } from "./open_adapter.ts";
import { groupCounts, Pipelines } from "./pipelines.ts";
import { Pool } from "./pool.ts";
import { type KernelTime, Profiler } from "./profile.ts";
import { Recorder } from "./recorder.ts";
import { type Releasable, Scope } from "./scope.ts";
import type { Storage } from "./storage.ts";

/** One dispatch of a kernel. */
export interface Dispatch {
  /** The fields of the shader's `struct Params`. */
  readonly params?: Readonly<Record<string, number>>;
  /** Invocations wanted along x, or along x, y, z; rounded up to whole workgroups. */
  readonly threads: number | readonly [number, number?, number?];
  /** Values of the shader's `override` constants. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Loop iterations of one invocation, all loops together, where they may be many. */
  readonly trips?: number;
  /** Binds buffers alone: what is read once is not worth a copy as texels. */
  readonly buffers?: boolean;
}

/** Mesa's llvmpipe (22.3) silently ends an invocation after 65,535 loop iterations. */
const MAX_TRIPS = 60_000;

/** A WebGPU device: runs kernels, owns memory, reports errors. */
export class Device implements Disposable {
  /** The memory pool. */
  readonly pool: Pool;
  /** Whether kernels should read through storage textures (see {@linkcode DeviceOptions}). */
  readonly texels: boolean;
  /** Whether memory may be in half precision: the adapter has `shader-f16`, and kernels read buffers. */
  readonly halves: boolean;
  /** The adapter's own description. */
  readonly description: string;
  /** Which way kernels with several are run, where it was measured; see {@linkcode tune}. */
  readonly choices: Choices = new Choices();
  /** Whether the adapter is a program, such as llvmpipe. */
  readonly software: boolean;
  /** Whether dispatches can be timed: the adapter has timestamp queries. */
  readonly timed: boolean;
  /** A word that another adapter, or another driver with other limits, does not have. */
  readonly fingerprint: string;
  /** The processes that compute parts of one batch, while they do: its statistics are over all. */
  peers: Peers | undefined;
  /** Values that leave the GPU and come to it between recordings. */
  readonly exchange: Exchange;
  readonly #recorder: Recorder;
  readonly #pipelines: Pipelines;
  readonly #copies: Copies;
  readonly #arguments: Arguments;
  readonly #scopes: Scope[] = [];
  /** Kept as long as the device: Dawn's, once collected, takes the device's threads with it. */
  readonly entry: GPU;
  readonly #errors: ErrorLatch;

  private constructor(readonly gpu: GPUDevice, info: GPUAdapterInfo, options: DeviceOptions) {
    this.description = info.description || `${info.vendor} ${info.architecture}`.trim() ||
      "unknown adapter";
    this.software = info.isFallbackAdapter;
    this.timed = gpu.features.has("timestamp-query");
    this.fingerprint = fingerprintOf(gpu, info);
    this.entry = options.gpu ?? navigator.gpu;
    this.texels = runsTexels(gpu, info, options.kernels ?? kernelsAsked(), this.entry);
    this.halves = !this.texels && gpu.features.has("shader-f16");
    this.pool = new Pool(gpu, options.idleBytes ?? 2 ** 30, this.texels);
    this.#recorder = new Recorder(gpu);
    this.#pipelines = new Pipelines(gpu);
    this.#copies = new Copies(this.#recorder, this.pool);
    this.#arguments = new Arguments(this.#copies);
    this.#errors = new ErrorLatch(gpu);
    this.exchange = new Exchange(this.#recorder, this.pool, this.#errors);
    if (options.profile) this.#recorder.profiler = new Profiler(gpu);
  }

  /**
   * Opens the default adapter with all the limits it has.
   *
   * @throws {DeviceError} when there is no adapter, or it cannot do what is asked of it.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Device } from "@henka/henka/gpu";
   * import { relu } from "@henka/henka/ops";
   * import { read, tensor } from "@henka/henka/tensor";
   *
   * using device = await Device.open();
   * {
   *   using _scope = device.scope(); // what is allocated until its end is given back
   *   const y = relu(tensor(device, new Float32Array([-1, 0, 2]), [3]));
   *   assertEquals([...await read(y)], [0, 0, 2]);
   * }
   * assertEquals(device.pool.live, 0);
   * ```
   */
  static async open(options: DeviceOptions = {}): Promise<Device> {
    const { gpu, info } = await openAdapter(options);
    return new Device(gpu, info, options);
  }

  /** Dispatches recorded since the device was opened. */
  get dispatches(): number {
    return this.#recorder.dispatches;
  }

  /**
   * Records one dispatch; it runs when the recording is submitted.
   *
   * @throws {TypeError} when an argument or parameter that the shader declares is missing, when one
   * that it does not declare is given, and when what it writes is also another argument.
   * @throws {RangeError} when the dispatch is larger than WebGPU or the driver can run.
   * @throws {ReferenceError} when an argument was released.
   */
  run(of: Kernel, resources: Readonly<Record<string, Resource>>, dispatch: Dispatch): void {
    const kernel = this.#variant(of, resources, dispatch);
    for (const name in resources) resources[name]?.storage.settle();
    if (this.#recorder.rehearsing) return this.#arguments.rehearse(kernel, resources);
    const compiled = this.#pipelines.compile(kernel, dispatch.overrides);
    if (this.texels && (dispatch.trips ?? 0) > MAX_TRIPS) {
      throw new RangeError(
        `Cannot run ${kernel.name}: ${dispatch.trips} loop iterations in one invocation exceed the ` +
          `${MAX_TRIPS} that software drivers run`,
      );
    }
    const offsets = this.#arguments.writeParams(kernel, dispatch.params);
    const group = this.#arguments.bind(kernel, this.#pipelines.layout(kernel), resources);
    const groups = groupCounts(kernel, dispatch.threads, compiled.workgroup);
    if (groups.includes(0)) return;
    this.#recorder.dispatch(kernel.name, compiled.pipeline, group, offsets, groups);
  }

  /** Throws DeviceError where memory cannot be in half precision, saying why. */
  requireHalves(): void {
    if (this.halves) return;
    throw new DeviceError(
      `Cannot compute in f16 on ${this.description}: ` +
        (this.texels
          ? "it is a program, for which f16 is no gain. Give --precision f32."
          : "its driver has no shader-f16. Give --precision f32."),
    );
  }

  /** The kernel as it suits the device and the memory that it is given. */
  #variant(
    of: Kernel,
    resources: Readonly<Record<string, Resource>>,
    { buffers }: Dispatch,
  ): Kernel {
    if (this.texels) return buffers ? of : of.texels ?? of;
    const halves = of.bindings.filter(({ name }) => resources[name]?.storage.half);
    return halves.length === 0 ? of : halvesOf(of, halves.map(({ name }) => name));
  }

  /** Whether every dispatch is timed. */
  get profiled(): boolean {
    return this.#recorder.profiler !== undefined;
  }

  /** Submits what was recorded. */
  flush(): void {
    this.#recorder.flush();
  }

  /** Writes values to the start of a storage, after everything recorded that uses it. */
  write(storage: Storage, data: Numbers): void {
    storage.requireLive();
    if (this.#recorder.rehearsing) return;
    storage.settle();
    const { buffer, offset } = storage;
    if (storage.epoch === this.#recorder.epoch) this.flush();
    this.pool.changed(storage);
    const kept = this.#recorder.waiting ? data.slice() : data;
    this.#recorder.inTurn(() => this.gpu.queue.writeBuffer(buffer, offset, kept));
  }

  /** Records a copy of `bytes` bytes (a multiple of 4) between storages, at byte offsets. */
  copy(from: Storage, to: Storage, bytes: number, fromOffset = 0, toOffset = 0): void {
    from.requireLive();
    to.requireLive();
    if (this.#recorder.rehearsing) return;
    for (const storage of [from, to]) storage.settle();
    const [source, target] = [from.buffer, to.buffer];
    const [start, end] = [from.offset + fromOffset, to.offset + toOffset];
    this.pool.changed(to);
    from.epoch = to.epoch = this.#recorder.epoch;
    this.#recorder.encoder().copyBufferToBuffer(source, start, target, end, bytes);
  }

  /** Records filling `bytes` bytes (a multiple of 4) of a storage with zeros. */
  clear(storage: Storage, bytes: number = storage.bytes, offset = 0): void {
    storage.requireLive();
    if (this.#recorder.rehearsing) return;
    storage.settle();
    const buffer = storage.buffer;
    this.pool.changed(storage);
    storage.epoch = this.#recorder.epoch;
    this.#recorder.encoder().clearBuffer(buffer, storage.offset + offset, bytes);
  }

  /**
   * Reads `bytes` bytes (a multiple of 4) after everything recorded so far.
   *
   * @throws {DeviceError} the first error the device reported since the last read.
   */
  async read(storage: Storage, bytes: number, offset = 0): Promise<ArrayBuffer> {
    const take = this.exchange.take([{ storage, bytes, offset }]);
    this.flush();
    if (this.#recorder.waiting) await this.exchange.settle();
    this.pool.trim(); // here nothing recorded is unsubmitted
    const values = await take();
    this.check();
    return values;
  }

  /**
   * Submits what was recorded and waits until the GPU has done it.
   *
   * @throws {DeviceError} the first error the device reported since the last read.
   */
  async idle(): Promise<void> {
    this.flush();
    if (this.#recorder.waiting) await this.exchange.settle();
    await this.gpu.queue.onSubmittedWorkDone();
    this.pool.trim();
    this.check();
  }

  /** Throws the latched error, if there is one; a lost device is one for ever. */
  check(): void {
    this.#errors.check();
  }

  /** Opens a scope: what is allocated until it ends is released with it. */
  scope(): Scope {
    const scope = new Scope((ended) => {
      const at = this.#scopes.lastIndexOf(ended);
      if (at >= 0) this.#scopes.splice(at, 1);
    });
    this.#scopes.push(scope);
    return scope;
  }

  /**
   * The most bytes that would be in use at once if `work` were done: memory is counted but not taken,
   * and nothing is written or run, so that what `work` makes has no value. It must not read.
   */
  rehearse(work: () => void): number {
    const { peak, bytes, copies } = this.pool;
    this.#recorder.rehearsing = true;
    this.pool.peak = bytes + copies;
    try {
      work();
      return this.pool.peak;
    } finally {
      this.#recorder.rehearsing = false;
      this.pool.peak = peak;
    }
  }

  /** Whether a rehearsal is on: what is computed now has no value. */
  get rehearsing(): boolean {
    return this.#recorder.rehearsing;
  }

  /** Puts an item under the innermost open scope, if there is one. */
  enroll(item: Releasable): void {
    this.#scopes.at(-1)?.add(item);
  }

  /** Takes an item out of every scope. */
  withdraw(item: Releasable): void {
    for (const scope of this.#scopes) scope.remove(item);
  }

  /** What each kernel cost since the last call; empty unless opened with `profile`. */
  async profile(): Promise<KernelTime[]> {
    this.flush();
    const profiler = this.#recorder.profiler;
    const times = await profiler?.times() ?? [];
    await profiler?.reset();
    return times;
  }

  /**
   * The nanoseconds that the dispatches take which `work` records.
   *
   * @throws {DeviceError} when the adapter has no timestamps, and what the device reports.
   */
  async time(work: () => void): Promise<number> {
    if (!this.timed) throw new DeviceError("Cannot time: the adapter has no timestamp queries.");
    this.flush();
    const before = this.#recorder.profiler;
    using profiler = new Profiler(this.gpu);
    this.#recorder.profiler = profiler;
    try {
      work();
      this.flush();
    } finally {
      this.#recorder.profiler = before; // at once: others may record while the times are awaited
    }
    const times = await profiler.times();
    this.check();
    return times.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  }

  /** Gives the GPU back. */
  [Symbol.dispose](): void {
    this.#errors.closed = true;
    this.gpu.destroy();
  }
}
