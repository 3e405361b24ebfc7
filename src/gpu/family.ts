import { DeviceError } from "./error.ts";

/** Storage textures that a kernel binds at most: what every adapter of WebGPU binds at least. */
const MAX_TEXELS = 4;

/**
 * Whether a device runs the kernels that read texels: as asked, else where the adapter is software and
 * able to.
 *
 * @throws {DeviceError} when texels are asked for and the adapter is not able to, or anything else is.
 */
export function runsTexels(
  { limits }: GPUDevice,
  { isFallbackAdapter }: GPUAdapterInfo,
  asked: string | undefined,
  entry: GPU,
): boolean {
  const { wgslLanguageFeatures } = entry as { wgslLanguageFeatures?: ReadonlySet<string> };
  const able = limits.maxStorageTexturesPerShaderStage >= MAX_TEXELS &&
    wgslLanguageFeatures?.has("readonly_and_readwrite_storage_textures") === true;
  if (!asked) return able && isFallbackAdapter;
  if (asked === "buffers") return false;
  if (asked !== "texels") {
    throw new DeviceError(
      `Cannot open a GPU: HENKA_KERNELS is "${asked}". Say texels or buffers, or unset it.`,
    );
  }
  if (!able) {
    throw new DeviceError(
      "Cannot open a GPU: HENKA_KERNELS is texels, and this adapter reads no storage textures. Say " +
        "buffers, or unset it.",
    );
  }
  return true;
}

/** Eight hexadecimal digits of an adapter's names, features and limits, which drivers change. */
export function fingerprintOf(
  { features, limits }: GPUDevice,
  { vendor, architecture, device, description }: GPUAdapterInfo,
): string {
  const text = JSON.stringify([vendor, architecture, device, description, [...features].sort()]) +
    Object.keys(Object.getPrototypeOf(limits)).sort().map((name) =>
      `${name}=${limits[name as keyof GPUSupportedLimits]}`
    );
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
