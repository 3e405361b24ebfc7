import project from "../../deno.json" with { type: "json" };
import type { Device } from "../gpu/mod.ts";
import { encodeOnnx } from "../onnx/model.ts";
import { empty } from "../tensor/mod.ts";
import type { TrainedNetwork } from "./trained_network.ts";

/**
 * The bytes of an ONNX file of a network, in pieces: any number of images of any size; what must be done
 * to photographs first, and the names of the classes, are in its metadata.
 */
export async function onnxOf(
  device: Device,
  network: TrainedNetwork,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { kind, backbone, options, head, classes, outputs, sizes, leastSide } = network;
  const { mean, deviation } = backbone.normalisation;
  const normalised = `RGB from 0 to 1, minus ${mean.join(", ")}, divided by ${
    deviation.join(", ")
  }`;
  // Of sides that no stride divides, so that maps which are rounded otherwise are not taken for alike.
  const traced = [2 * leastSide + 33, 2 * leastSide + 67];
  using _scope = device.scope();
  return await encodeOnnx({
    image: empty(device, [2, 3, ...traced]),
    weights: [
      ...[...backbone.tensors].map(([name, x]) => [`encoder.${name}`, x] as const),
      ...head,
    ],
    compute: (x) => network.compute(x),
    input: {
      name: "image",
      description: `Planes ${normalised}; ${sizes}; at least ${leastSide} pixels a side`,
      shape: ["batch", 3, "height", "width"],
    },
    outputs,
    description: `A ${kind} on ${options.network}, trained with henka ${project.version}`,
    metadata: {
      preprocessing: `${normalised}; ${sizes}`,
      colours: "RGB",
      mean: JSON.stringify(mean),
      deviation: JSON.stringify(deviation),
      least_side: String(leastSide),
      classes: JSON.stringify(kind === "classifier" ? classes.slice(1) : classes),
    },
  });
}
