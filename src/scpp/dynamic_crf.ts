import type { CrfOptions } from "../crf/mod.ts";
import { crfSettings } from "../options/crf_options.ts";
import type { DynamicConfig } from "./dynamic_config.ts";

/**
 * The CRF of a step of dynamic refinement, which sees maps of a `stride`th of the photograph's side.
 * Published: the widths that are meant for photographs, on the smaller maps.
 */
export function stepCrf(
  stride: number,
  config: Pick<
    DynamicConfig,
    "crfIterations" | "crfSmoothWidth" | "crfWidth" | "crfColourWidth" | "scaleKernels"
  >,
): CrfOptions {
  const by = config.scaleKernels ? stride : 1;
  return crfSettings({
    ...config,
    crfSmoothWidth: config.crfSmoothWidth / by,
    crfWidth: config.crfWidth / by,
  });
}
