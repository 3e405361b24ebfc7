import type { LossKind } from "./segmentation_loss.ts";
import { ccnn, ccnnOptions } from "./ccnn.ts";
import { dsrg, dsrgOptions } from "./dsrg.ts";
import { emAdapt, emAdaptOptions, emFixed, emFixedOptions } from "./em.ts";
import { mil } from "./mil.ts";
import { sec, secOptions } from "./sec.ts";
import { size } from "./size.ts";

/** The losses of the literature by name: first those of image labels alone, then those of seeds. */
export const baselines = {
  mil,
  size,
  ccnn,
  "em-fixed": emFixed,
  "em-adapt": emAdapt,
  sec,
  dsrg,
} as const satisfies Readonly<Record<string, LossKind>>;

/** The options of all of them; each reads its own. */
export const baselineOptions = {
  ...ccnnOptions,
  ...emFixedOptions,
  ...emAdaptOptions,
  ...secOptions,
  ...dsrgOptions,
};
