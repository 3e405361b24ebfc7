import { tensor } from "../tensor/mod.ts";
import { presentClasses } from "../wgsl/mod.ts";
import type { MaskUploads } from "../segmentation/mask_inputs.ts";
import type { DynamicBatch } from "./dynamic_step.ts";

/** Uploads what a step needs of photographs whose only masks are seeds. */
export function uploadDynamic(batch: MaskUploads): DynamicBatch {
  const { device, classes } = batch;
  const all = batch.shown.map((own) => [0, ...own]);
  const flags = new Float32Array(all.length * classes);
  all.forEach((own, n) => own.forEach((c) => flags[n * classes + c] = 1));
  const [seed] = batch.masks();
  return {
    seed,
    certain: batch.certain(),
    visible: batch.visible(),
    picture: batch.colours(),
    pixels: batch.pixels,
    labels: batch.labels(),
    allowed: tensor(device, flags, [all.length, classes]),
    present: presentClasses(device, all),
  };
}
