import { InputError } from "../files/error.ts";
import { loadState, type NamedTensors, overwrite } from "../nn/mod.ts";
import { sameShape } from "../tensor/mod.ts";
import { isPublished, readEncoder } from "../weights/encoder_file.ts";
import { entry } from "../weights/entry.ts";
import { faultOf } from "../weights/layouts/shapes.ts";
import type { BackboneOptions } from "./backbone.ts";

/**
 * Overwrites an encoder's tensors with those of the file that its options name, if they name one.
 *
 * @throws {InputError} when the file is missing, damaged, or of another network or variant.
 */
export async function loadEncoder(
  tensors: NamedTensors,
  { network, weights, variant }: Pick<BackboneOptions, "network" | "weights" | "variant">,
): Promise<void> {
  if (weights === undefined) return;
  if (!isPublished(network)) {
    await loadState(weights, tensors);
    return;
  }
  const { path, layout, tensors: saved, classifier } = await readEncoder(weights, network, variant);
  const fault = faultOf(layout.network, saved);
  if (fault !== undefined) {
    throw new InputError(`Cannot use ${path}: ${fault}. Give other weights.`);
  }
  const all = new Map(tensors);
  overwrite(path, all, (name) => {
    const [part, value] = name.split(".");
    if (part !== "classifier") return saved.get(name);
    // No encoder reads the class scores: where a file has none, or others, they are 0.
    const { shape, size } = all.get(name)!;
    const own = value === "weight" ? classifier?.weight : classifier?.bias;
    return own && sameShape(own.shape, shape) ? own : entry(shape, new Float32Array(size));
  });
}
