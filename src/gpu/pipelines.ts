import type { Binding, Kernel } from "./kernel.ts";
import { Recent } from "./recent.ts";

const MAX_GROUPS = 65_535;

/** Pipelines kept of one kernel: sets of overrides, such as strides and numbers of classes. */
const VARIANTS = 64;

/** A pipeline and the size of its workgroups. */
export interface Compiled {
  /** The pipeline. */
  readonly pipeline: GPUComputePipeline;
  /** Invocations along x, y, z. */
  readonly workgroup: readonly [number, number, number];
}

/** The layout that kernels with the same kinds of bindings share. */
export interface Layout {
  /** A number that no other layout of the device has. */
  readonly id: number;
  /** The layout of their bind group. */
  readonly bindGroup: GPUBindGroupLayout;
  /** The layout of their pipelines. */
  readonly pipeline: GPUPipelineLayout;
}

/** The pipelines of one device, each compiled once for each set of overrides that is in use. */
export class Pipelines {
  readonly #modules = new Map<Kernel, GPUShaderModule>();
  readonly #pipelines = new Map<Kernel, Recent<Compiled>>();
  readonly #layouts = new Map<string, Layout>();
  readonly #layoutOf = new Map<Kernel, Layout>();

  /** For one device. */
  constructor(readonly gpu: GPUDevice) {}

  /**
   * The pipeline of a kernel with the given overrides.
   *
   * @throws {TypeError} when an override is missing or unknown.
   */
  compile(kernel: Kernel, overrides: Readonly<Record<string, number>> = {}): Compiled {
    let variants = this.#pipelines.get(kernel);
    if (!variants) this.#pipelines.set(kernel, variants = new Recent(VARIANTS));
    let key = "";
    for (const name in overrides) key += `${name}=${overrides[name]},`;
    return variants.get(key, () => this.#createPipeline(kernel, overrides));
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
      layout: this.layout(kernel).pipeline,
      compute: { module, entryPoint: "main", constants: { ...overrides } },
    });
    const [x = 1, y = 1, z = 1] = kernel.workgroup.map((size) =>
      typeof size === "number" ? size : value(size) ?? 1
    );
    return { pipeline, workgroup: [x, y, z] };
  }

  /** The layout of a kernel. */
  layout(kernel: Kernel): Layout {
    const known = this.#layoutOf.get(kernel);
    if (known) return known;
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
    this.#layoutOf.set(kernel, layout);
    return layout;
  }
}

/** Bytes of a kernel's parameters in the uniform buffer. */
export function paramBytes({ params }: Kernel): number {
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
      return {
        binding,
        visibility,
        storageTexture: { access: "read-only", format: "rgba32float" },
      };
  }
}

/**
 * Whole workgroups along x, y, z; a line of threads too long for x is folded into rows, so that
 * kernels compute `id.x + id.y * groups.x * SIZE`.
 *
 * @throws {RangeError} when WebGPU cannot run so many.
 */
export function groupCounts(
  kernel: Kernel,
  threads: number | readonly [number, number?, number?],
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
