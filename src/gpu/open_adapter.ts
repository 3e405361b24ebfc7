import { DeviceError } from "./error.ts";

/** How a device is opened. */
export interface DeviceOptions {
  /** The entry to WebGPU: `navigator.gpu` by default; in Node what the package `webgpu` creates. */
  readonly gpu?: GPU;
  /**
   * Which kernel variants run: `texels` reads storage textures (software adapters), `buffers` reads
   * storage buffers (GPUs). By default the adapter decides; the environment variable HENKA_KERNELS
   * overrides it.
   */
  readonly kernels?: "texels" | "buffers";
  /** Time every dispatch (needs the adapter's `timestamp-query`). */
  readonly profile?: boolean;
  /** Refuses a software adapter. */
  readonly requireGpu?: boolean;
  /** Unused memory kept for reuse, in bytes; 1 GiB by default. */
  readonly idleBytes?: number;
}

/**
 * The default adapter's device, with all the limits that the adapter has.
 *
 * @throws {DeviceError} when there is no adapter, or it cannot do what is asked of it.
 */
export async function openAdapter(
  options: DeviceOptions,
): Promise<{ readonly gpu: GPUDevice; readonly info: GPUAdapterInfo }> {
  const entry = options.gpu ?? globalThis.navigator?.gpu;
  const adapter = await entry?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new DeviceError(
      `Cannot open a GPU: no WebGPU adapter was found. ${adapterRemedy(options.gpu !== undefined)}`,
    );
  }
  if (options.requireGpu && adapter.info.isFallbackAdapter) {
    throw new DeviceError(
      `Cannot use ${adapter.info.description || "the adapter"}: it is a software driver, and ` +
        "--require-gpu was given. Install the GPU's Vulkan driver; in a container, let its driver in.",
    );
  }
  const timed = adapter.features.has("timestamp-query");
  if (options.profile && !timed) {
    throw new DeviceError("Cannot profile: the adapter has no timestamp queries.");
  }
  const wanted: GPUFeatureName[] = ["timestamp-query", "shader-f16"];
  const requiredFeatures = wanted.filter((feature) => adapter.features.has(feature));
  const requiredLimits: Record<string, number> = {};
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") requiredLimits[name] = value;
  }
  const gpu = await adapter.requestDevice({ requiredFeatures, requiredLimits }).catch((error) => {
    throw new DeviceError(`Cannot open the GPU ${adapter.info.description}: ${error.message}`);
  });
  return { gpu, info: adapter.info };
}

/** What is asked of the program's surroundings, each of which not all of them have. */
interface Host {
  readonly Deno?: unknown;
  readonly document?: unknown;
  readonly importScripts?: unknown;
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
}

const host = globalThis as Host;

/** The environment variable HENKA_KERNELS; a browser has none. */
export function kernelsAsked(): string | undefined {
  return host.process?.env?.HENKA_KERNELS;
}

/** What to do where there is no adapter; in Node also although a WebGPU was given. */
export function adapterRemedy(given: boolean): string {
  if (host.Deno !== undefined) {
    return "Run `deno task setup`, which installs a software Vulkan driver or says how.";
  }
  if (host.process?.env !== undefined && given) {
    return "Install the driver of the GPU. Where there is none, Dawn takes SwiftShader, which comes " +
      "with Chromium, or Mesa 23: VK_ICD_FILENAMES says which file describes the driver.";
  }
  if (host.process?.env !== undefined) {
    return 'Node has none of its own: npm install webgpu; import { create } from "webgpu"; ' +
      "Device.open({ gpu: create([]) }).";
  }
  return "Use a browser that has WebGPU, such as Chrome, Edge or Safari 26, and turn on its " +
    "hardware acceleration.";
}
