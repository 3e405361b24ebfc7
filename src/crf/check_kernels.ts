import { checkWidths } from "../wgsl/crf.ts";
import { type CrfOptions, resolveCrfOptions } from "./options.ts";

/**
 * Checks that no kernel is too narrow for photographs of a size, before there is a device or work.
 *
 * @throws {NarrowKernelError} when one is.
 */
export function checkKernels(
  options: CrfOptions,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  for (const { sxy, srgb } of resolveCrfOptions(options, 3).terms) {
    checkWidths({ width, height, sxy, srgb });
  }
}
