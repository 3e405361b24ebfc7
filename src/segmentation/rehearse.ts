import type { Device } from "../gpu/mod.ts";
import { backward } from "../nn/mod.ts";
import { empty, untracked } from "../tensor/mod.ts";
import { crossEntropy } from "../wgsl/mod.ts";
import type { Segmenter } from "./segmenter.ts";

/**
 * Has a network pass over a batch of squares without running anything, so that the device knows which
 * kernels it will run: to segment, and to be trained where a gradient can reach it.
 */
export function rehearseSegmenter(
  device: Device,
  network: Segmenter,
  { batch, side, training }: { batch: number; side: number; training: boolean },
): void {
  device.rehearse(() => {
    using _scope = device.scope();
    const pass = (mode: "train" | "infer") =>
      network.decode(network.encode(empty(device, [batch, 3, side, side]), mode), mode).logits;
    if (!training) return untracked(() => void pass("infer"));
    const logits = pass("train");
    const [n, , h, w] = logits.shape;
    backward(crossEntropy(logits, empty(device, [n, h, w], "u32")));
  });
}
