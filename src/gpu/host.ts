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
