import type { Device } from "../gpu/mod.ts";
import { tensor } from "../tensor/mod.ts";
import { presentClasses } from "../wgsl/mod.ts";
import type { Batch } from "../training/batches.ts";
import type { DynamicBatch } from "./dynamic_step.ts";

/** Uploads what a step needs of photographs whose only masks are seeds. */
export function uploadDynamic(
  device: Device,
  { shown, masks, colours, labels }: Omit<Batch, "features">,
  classes: number,
): DynamicBatch {
  const all = shown.map((own) => [0, ...own]);
  const flags = new Float32Array(all.length * classes);
  all.forEach((own, n) => own.forEach((c) => flags[n * classes + c] = 1));
  const [seed] = masks();
  return {
    seed,
    picture: colours(),
    labels: labels(),
    allowed: tensor(device, flags, [all.length, classes]),
    present: presentClasses(device, all),
  };
}
