import { DeviceError } from "./error.ts";
import type { Binding, Kernel } from "./kernel.ts";
import { Pool, TEXEL_ROW } from "./pool.ts";
import { type KernelTime, Profiler } from "./profile.ts";
import { Recorder } from "./recorder.ts";
import { type Releasable, Scope } from "./scope.ts";
import type { Storage } from "./storage.ts";

/** Values that are written to the GPU. */
export type Numbers = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** How a device is opened. */
export interface DeviceOptions {
  /**
   * Which kernel variants run: `texels` reads storage textures (software adapters), `buffers` reads
   * storage buffers (GPUs). By default the adapter decides; the environment variable HENKA_KERNELS
   * overrides it.
   */
  readonly kernels?: "texels" | "buffers";
  /** Time every dispatch (needs the adapter's `timestamp-query`). */
  readonly profile?: boolean;
  /** Unused memory kept for reuse, in bytes; 1 GiB by default. */
  readonly idleBytes?: number;
}

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
}

/** An argument of a kernel: a tensor, or anything else with memory. */
export interface Resource {
  /** The memory. */
  readonly storage: Storage;
}

/** Mesa's llvmpipe (22.3) silently ends an invocation after 65,535 loop iterations. */
const MAX_TRIPS = 60_000;
const MAX_GROUPS = 65_535;

interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly workgroup: readonly [number, number, number];
}

interface Layout {
  readonly id: number;
  readonly bindGroup: GPUBindGroupLayout;
  readonly pipeline: GPUPipelineLayout;
}

/** A WebGPU device: runs kernels, owns memory, reports errors. */
export class Device implements Disposable {
  /** The memory pool. */
  readonly pool: Pool;
  /** Whether kernels should read through storage textures (see {@linkcode DeviceOptions}). */
  readonly texels: boolean;
  /** The adapter's own description. */
  readonly description: string;
  readonly #recorder: Recorder;
  readonly #modules = new Map<Kernel, GPUShaderModule>();
  readonly #pipelines = new Map<Kernel, Map<string, Compiled>>();
  readonly #layouts = new Map<string, Layout>();
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #scopes: Scope[] = [];
  readonly #staging = new Map<number, GPUBuffer[]>();
  #error: DeviceError | undefined;
  #lost: DeviceError | undefined;
  #closed = false;

  private constructor(readonly gpu: GPUDevice, info: GPUAdapterInfo, options: DeviceOptions) {
    this.pool = new Pool(gpu, options.idleBytes ?? 2 ** 30);
    this.#recorder = new Recorder(gpu);
    this.description = info.description || info.vendor || "unknown adapter";
    const kernels = options.kernels ?? Deno.env.get("HENKA_KERNELS");
    this.texels = kernels ? kernels === "texels" : info.isFallbackAdapter;
    if (options.profile) this.#recorder.profiler = new Profiler(gpu);
    gpu.addEventListener("uncapturederror", (event) => {
      this.#latch((event as GPUUncapturedErrorEvent).error.message);
    });
    gpu.lost.then(({ message, reason }) => {
      if (this.#closed) return;
      this.#lost = new DeviceError(
        `Cannot use the GPU: the device was lost (${reason}: ${message}). Run the command again`,
      );
    });
  }

  /**
   * Opens the default adapter with all the limits it has.
   *
   * @throws {DeviceError} when there is no adapter.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Device, read, relu, tensor } from "@henka/henka";
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
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) {
      throw new DeviceError(
        "Cannot open a GPU: no WebGPU adapter was found. Run `deno task setup`, which installs a " +
          "software Vulkan driver or says how",
      );
    }
    const requiredFeatures: GPUFeatureName[] = [];
    if (options.profile) {
      if (!adapter.features.has("timestamp-query")) {
        throw new DeviceError("Cannot profile: the adapter has no timestamp queries");
      }
      requiredFeatures.push("timestamp-query");
    }
    const requiredLimits: Record<string, number> = {};
    for (const name in adapter.limits) {
      const value = adapter.limits[name as keyof GPUSupportedLimits];
      if (typeof value === "number") requiredLimits[name] = value;
    }
    const gpu = await adapter.requestDevice({ requiredFeatures, requiredLimits });
    return new Device(gpu, adapter.info, options);
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
  run(kernel: Kernel, resources: Readonly<Record<string, Resource>>, dispatch: Dispatch): void {
    const compiled = this.#compile(kernel, dispatch.overrides);
    if (this.texels && (dispatch.trips ?? 0) > MAX_TRIPS) {
      throw new RangeError(
        `Cannot run ${kernel.name}: ${dispatch.trips} loop iterations in one invocation exceed the ` +
          `${MAX_TRIPS} that software drivers run`,
      );
    }
    const offsets = this.#writeParams(kernel, dispatch.params);
    const group = this.#bind(kernel, resources);
    const groups = groupCounts(kernel, dispatch.threads, compiled.workgroup);
    if (groups.includes(0)) return;
    this.#recorder.dispatch(kernel.name, compiled.pipeline, group, offsets, groups);
  }

  /** Submits what was recorded. */
  flush(): void {
    this.#recorder.flush();
  }

  /** Writes values to the start of a storage, after everything recorded that uses it. */
  write(storage: Storage, data: Numbers): void {
    this.#touch(storage);
    const { buffer } = storage;
    if (storage.epoch === this.#recorder.epoch) this.flush();
    this.pool.dropTexels(storage);
    this.gpu.queue.writeBuffer(buffer, 0, data);
  }

  /** Records a copy of `bytes` bytes (a multiple of 4) between storages, at byte offsets. */
  copy(from: Storage, to: Storage, bytes: number, fromOffset = 0, toOffset = 0): void {
    this.#touch(from);
    this.#touch(to);
    this.pool.dropTexels(to);
    from.epoch = to.epoch = this.#recorder.epoch;
    this.#recorder.encoder().copyBufferToBuffer(
      from.buffer,
      fromOffset,
      to.buffer,
      toOffset,
      bytes,
    );
  }

  /** Records filling `bytes` bytes (a multiple of 4) of a storage with zeros. */
  clear(storage: Storage, bytes: number = storage.bytes, offset = 0): void {
    this.#touch(storage);
    this.pool.dropTexels(storage);
    storage.epoch = this.#recorder.epoch;
    this.#recorder.encoder().clearBuffer(storage.buffer, offset, bytes);
  }

  /**
   * Reads `bytes` bytes (a multiple of 4) after everything recorded so far.
   *
   * @throws {DeviceError} the first error the device reported since the last read.
   */
  async read(storage: Storage, bytes: number, offset = 0): Promise<ArrayBuffer> {
    this.#touch(storage);
    const size = Math.max(256, 2 ** Math.ceil(Math.log2(bytes)));
    const staging = this.#staging.get(size)?.pop() ??
      this.gpu.createBuffer({ size, usage: 0x01 | 0x08 });
    this.#recorder.encoder().copyBufferToBuffer(storage.buffer, offset, staging, 0, bytes);
    this.flush();
    this.pool.trim(); // here nothing recorded is unsubmitted
    try {
      await staging.mapAsync(1, 0, bytes);
    } catch (cause) {
      await new Promise((resolve) => setTimeout(resolve, 50)); // the reason arrives a moment later
      this.check();
      throw new DeviceError(`Cannot read from the GPU: ${(cause as Error).message}`);
    }
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    const list = this.#staging.get(size);
    if (list) list.push(staging);
    else this.#staging.set(size, [staging]);
    this.check();
    return copy;
  }

  /**
   * Submits what was recorded and waits until the GPU has done it.
   *
   * @throws {DeviceError} the first error the device reported since the last read.
   */
  async idle(): Promise<void> {
    this.flush();
    await this.gpu.queue.onSubmittedWorkDone();
    this.pool.trim();
    this.check();
  }

  /** Throws the latched error, if there is one; a lost device is one for ever. */
  check(): void {
    const error = this.#lost ?? this.#error;
    this.#error = undefined;
    if (error) throw error;
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

  /** Gives the GPU back. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.gpu.destroy();
  }

  #latch(message: string): void {
    this.#error ??= new DeviceError(`The GPU reported: ${message.trim()}`);
  }

  #touch(storage: Storage): void {
    if (storage.released) throw new ReferenceError("Cannot use a tensor: it was released");
  }

  #compile(kernel: Kernel, overrides: Readonly<Record<string, number>> = {}): Compiled {
    let variants = this.#pipelines.get(kernel);
    if (!variants) this.#pipelines.set(kernel, variants = new Map());
    let key = "";
    for (const name in overrides) key += `${name}=${overrides[name]},`;
    let compiled = variants.get(key);
    if (!compiled) variants.set(key, compiled = this.#createPipeline(kernel, overrides));
    return compiled;
  }

  #createPipeline(kernel: Kernel, overrides: Readonly<Record<string, number>>): Compiled {
    const value = (name: string) => overrides[name] ?? kernel.overrides.get(name);
    for (const name in overrides) {
      if (!kernel.overrides.has(name)) {
        throw new TypeError(`Cannot compile ${kernel.name}: it has no override ${name}`);
      }
    }
    for (const name of kernel.overrides.keys()) {
      if (value(name) === undefined) {
        throw new TypeError(`Cannot compile ${kernel.name}: override ${name} is missing`);
      }
    }
    let module = this.#modules.get(kernel);
    if (!module) {
      module = this.gpu.createShaderModule({ label: kernel.name, code: kernel.code });
      this.#modules.set(kernel, module);
    }
    const pipeline = this.gpu.createComputePipeline({
      label: kernel.name,
      layout: this.#layout(kernel).pipeline,
      compute: { module, entryPoint: "main", constants: { ...overrides } },
    });
    const [x = 1, y = 1, z = 1] = kernel.workgroup.map((size) =>
      typeof size === "number" ? size : value(size) ?? 1
    );
    return { pipeline, workgroup: [x, y, z] };
  }

  #layout(kernel: Kernel): Layout {
    // wgpu compares the bytes bound with what the last pipeline of the same layout wanted, so that
    // kernels with more and with fewer parameters need layouts of their own.
    const bytes = paramBytes(kernel);
    const key = `${bytes},${kernel.bindings.map(({ index, kind }) => `${index}:${kind}`)}`;
    let layout = this.#layouts.get(key);
    if (!layout) {
      const entries = kernel.bindings.map((binding) => layoutEntry(binding, bytes));
      const bindGroup = this.gpu.createBindGroupLayout({ entries });
      const pipeline = this.gpu.createPipelineLayout({ bindGroupLayouts: [bindGroup] });
      this.#layouts.set(key, layout = { id: this.#layouts.size, bindGroup, pipeline });
    }
    return layout;
  }

  #writeParams(kernel: Kernel, values: Readonly<Record<string, number>> = {}): number[] {
    const { params } = kernel;
    refuseUnknown(kernel, "parameter", values, params);
    if (params.length === 0) return [];
    const { offset, view } = this.#recorder.slot(paramBytes(kernel));
    params.forEach(({ name, type }, i) => {
      const value = values[name];
      if (value === undefined) {
        throw new TypeError(`Cannot run ${kernel.name}: parameter ${name} is missing`);
      }
      const at = offset + 4 * i;
      if (type === "f32") view.setFloat32(at, value, true);
      else if (type === "u32") view.setUint32(at, value, true);
      else view.setInt32(at, value, true);
    });
    return [offset];
  }

  #bind(kernel: Kernel, resources: Readonly<Record<string, Resource>>): GPUBindGroup {
    const { epoch } = this.#recorder;
    const layout = this.#layout(kernel);
    refuseUnknown(kernel, "argument", resources, kernel.bindings);
    let key = `${layout.id}:${Math.ceil(kernel.params.length / 4)}`;
    for (const { name, kind } of kernel.bindings) {
      if (kind === "uniform") continue;
      const storage = resources[name]?.storage;
      if (!storage) throw new TypeError(`Cannot run ${kernel.name}: argument ${name} is missing`);
      if (storage.released) {
        throw new ReferenceError(`Cannot run ${kernel.name}: argument ${name} was released`);
      }
      if (kind === "texels") this.#stage(storage);
      if (kind === "texels-out") storage.texels ??= this.pool.takeTexels(texelRows(storage.bytes));
      key += `,${identify(kind.startsWith("texels") ? storage.texels! : storage.buffer)}`;
    }
    for (const { name, kind } of kernel.bindings) {
      if (kind === "uniform") continue;
      const { storage } = resources[name];
      if (kind === "write") this.pool.dropTexels(storage);
      storage.epoch = epoch;
    }
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#groups.size > 20_000) this.#groups.clear();
      refuseShared(kernel, resources);
      const bytes = paramBytes(kernel);
      const entries = kernel.bindings.map((binding) => ({
        binding: binding.index,
        resource: this.#bindingResource(binding, resources, bytes),
      }));
      group = this.gpu.createBindGroup({ label: kernel.name, layout: layout.bindGroup, entries });
      this.#groups.set(key, group);
    }
    return group;
  }

  #bindingResource(
    { name, kind }: Binding,
    resources: Readonly<Record<string, Resource>>,
    paramBytes: number,
  ): GPUBindingResource {
    if (kind === "uniform") return { buffer: this.#recorder.params, size: paramBytes };
    const { storage } = resources[name];
    return kind.startsWith("texels") ? storage.texels!.createView() : { buffer: storage.buffer };
  }

  /** Copies a buffer into its texture of texels, unless that is up to date. */
  #stage(storage: Storage): void {
    if (storage.texels) return;
    const rowBytes = TEXEL_ROW * 16;
    const rows = texelRows(storage.bytes);
    const texture = storage.texels = this.pool.takeTexels(rows);
    const whole = Math.floor(storage.bytes / rowBytes);
    const encoder = this.#recorder.encoder();
    const copy = (y: number, width: number, height: number) =>
      encoder.copyBufferToTexture(
        { buffer: storage.buffer, offset: y * rowBytes, bytesPerRow: rowBytes },
        { texture, origin: [0, y] },
        [width, height],
      );
    if (whole > 0) copy(0, TEXEL_ROW, whole);
    if (rows > whole) copy(whole, (storage.bytes - whole * rowBytes) / 16, 1);
    storage.epoch = this.#recorder.epoch;
  }
}

/** A misspelt name would otherwise leave a default in place, or hide that a shader changed. */
function refuseUnknown(
  kernel: Kernel,
  what: "argument" | "parameter",
  given: object,
  known: readonly { readonly name: string }[],
): void {
  for (const argument in given) {
    if (!known.some(({ name }) => name === argument)) {
      throw new TypeError(`Cannot run ${kernel.name}: it has no ${what} ${argument}`);
    }
  }
}

/** WebGPU refuses such a dispatch too, but drops the whole recording and names no kernel. */
function refuseShared(kernel: Kernel, resources: Readonly<Record<string, Resource>>): void {
  const buffers = kernel.bindings.filter(({ kind }) => kind === "read" || kind === "write");
  for (const { name } of buffers.filter(({ kind }) => kind === "write")) {
    const other = buffers.find((binding) =>
      binding.name !== name && resources[binding.name].storage === resources[name].storage
    );
    if (other) {
      throw new TypeError(
        `Cannot run ${kernel.name}: ${name}, which it writes, shares its memory with ${other.name}`,
      );
    }
  }
}

const ids = new WeakMap<GPUBuffer | GPUTexture, number>();
let nextId = 0;

function identify(object: GPUBuffer | GPUTexture): number {
  let id = ids.get(object);
  if (id === undefined) ids.set(object, id = nextId++);
  return id;
}

function texelRows(bytes: number): number {
  return Math.ceil(bytes / (TEXEL_ROW * 16));
}

function paramBytes({ params }: Kernel): number {
  return 16 * Math.ceil(params.length / 4);
}

function layoutEntry({ index: binding, kind }: Binding, bytes: number): GPUBindGroupLayoutEntry {
  const visibility = 4; // COMPUTE
  switch (kind) {
    case "uniform":
      return {
        binding,
        visibility,
        buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: bytes },
      };
    case "read":
      return { binding, visibility, buffer: { type: "read-only-storage" } };
    case "write":
      return { binding, visibility, buffer: { type: "storage" } };
    case "texels":
    case "texels-out": {
      const access = kind === "texels" ? "read-only" : "write-only";
      return { binding, visibility, storageTexture: { access, format: "rgba32float" } };
    }
  }
}

/** Whole workgroups; a long line of threads is folded into rows, see `thread` in thread.wgsl. */
function groupCounts(
  kernel: Kernel,
  threads: Dispatch["threads"],
  [wx, wy, wz]: readonly [number, number, number],
): [number, number, number] {
  if (typeof threads === "number") {
    const groups = Math.ceil(threads / wx);
    if (groups <= MAX_GROUPS) return [groups, groups > 0 ? 1 : 0, 1];
    const y = Math.ceil(groups / MAX_GROUPS);
    return [Math.ceil(groups / y), y, 1];
  }
  const [x, y = 1, z = 1] = threads;
  const groups: [number, number, number] = [
    Math.ceil(x / wx),
    Math.ceil(y / wy),
    Math.ceil(z / wz),
  ];
  if (Math.max(...groups) > MAX_GROUPS) {
    throw new RangeError(`Cannot run ${kernel.name}: ${groups} workgroups exceed ${MAX_GROUPS}`);
  }
  return groups;
}
