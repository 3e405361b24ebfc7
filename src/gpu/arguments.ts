import type { Binding, Kernel } from "./kernel.ts";
import { type Layout, paramBytes } from "./pipelines.ts";
import type { Copies } from "./copies.ts";
import { identify } from "./pool.ts";
import { Recent } from "./recent.ts";
import type { Storage } from "./storage.ts";

/** An argument of a kernel: a tensor, or anything else with memory. */
export interface Resource {
  /** The memory. */
  readonly storage: Storage;
}

/** Bind groups kept: some for each dispatch of a training step, which uses the same memory again. */
const GROUPS = 4096;

/** Binds the arguments of dispatches: parameters, and memory as buffers or texels. */
export class Arguments {
  readonly #groups = new Recent<GPUBindGroup>(GROUPS);

  /** For one device. */
  constructor(readonly copies: Copies) {}

  /**
   * Writes a kernel's parameters; returns the dynamic offsets of the bind group.
   *
   * @throws {TypeError} when one is missing or unknown.
   */
  writeParams(kernel: Kernel, values: Readonly<Record<string, number>> = {}): number[] {
    const { params } = kernel;
    refuseUnknown(kernel, "parameter", values, params);
    if (params.length === 0) return [];
    const { offset, view } = this.copies.recorder.slot(paramBytes(kernel));
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

  /**
   * The bind group of a kernel's arguments, whose values are brought to where the kernel wants them.
   *
   * @throws {TypeError} when one is missing or unknown, or shares memory that the kernel writes.
   * @throws {ReferenceError} when one was released.
   */
  bind(
    kernel: Kernel,
    layout: Layout,
    resources: Readonly<Record<string, Resource>>,
  ): GPUBindGroup {
    const { recorder, pool } = this.copies;
    refuseUnknown(kernel, "argument", resources, kernel.bindings);
    let key = `${layout.id}:${Math.ceil(kernel.params.length / 4)}`;
    for (const { name, kind } of kernel.bindings) {
      if (kind === "uniform") continue;
      const storage = resources[name]?.storage;
      if (!storage) throw new TypeError(`Cannot run ${kernel.name}: argument ${name} is missing`);
      if (storage.released) {
        throw new ReferenceError(`Cannot run ${kernel.name}: argument ${name} was released`);
      }
      const memory = kind === "texels" ? this.copies.texels(storage) : storage.buffer;
      key += `,${identify(memory)}`;
      if (kind !== "texels" && storage.whole) key += `+${storage.offset}/${storage.bytes}`;
    }
    for (const { name, kind } of kernel.bindings) {
      if (kind === "uniform") continue;
      const { storage } = resources[name];
      if (kind === "write") pool.changed(storage);
      storage.epoch = recorder.epoch;
    }
    return this.#groups.get(key, () => {
      refuseShared(kernel, resources);
      const bytes = paramBytes(kernel);
      const entries = kernel.bindings.map((binding) => ({
        binding: binding.index,
        resource: this.#bindingResource(binding, resources, bytes),
      }));
      return recorder.device.createBindGroup({
        label: kernel.name,
        layout: layout.bindGroup,
        entries,
      });
    });
  }

  /** Counts the copies that {@linkcode bind} would make and give back. */
  rehearse({ bindings }: Kernel, resources: Readonly<Record<string, Resource>>): void {
    const { pool } = this.copies;
    for (const kind of ["texels", "write"] as const) {
      for (const binding of bindings) {
        const storage = resources[binding.name]?.storage;
        if (binding.kind !== kind || !storage) continue;
        if (kind === "texels") pool.countCopy(storage);
        else if (!storage.texels) pool.dropCopy(storage);
      }
    }
  }

  #bindingResource(
    { name, kind }: Binding,
    resources: Readonly<Record<string, Resource>>,
    paramBytes: number,
  ): GPUBindingResource {
    if (kind === "uniform") return { buffer: this.copies.recorder.params, size: paramBytes };
    const { storage } = resources[name];
    if (kind === "texels") return storage.texels!.createView();
    const { buffer, offset, bytes } = storage;
    return storage.whole ? { buffer, offset, size: bytes } : { buffer };
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
  const wholeOf = ({ name, kind }: Binding, other: Binding) => {
    const { storage } = resources[name];
    return kind === other.kind ? storage : storage.whole ?? storage; // apart, all of it is read or written
  };
  for (const own of buffers.filter(({ kind }) => kind === "write")) {
    const { name } = own;
    const other = buffers.find((binding) =>
      binding.name !== name && wholeOf(binding, own) === wholeOf(own, binding)
    );
    if (other) {
      throw new TypeError(
        `Cannot run ${kernel.name}: ${name}, which it writes, shares its memory with ${other.name}`,
      );
    }
  }
}
