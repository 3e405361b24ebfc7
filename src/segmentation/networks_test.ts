import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { tensor } from "../tensor/mod.ts";
import { buildNetworks } from "../scpp/networks.ts";
import { checkNetworkOptions, scaledSide } from "./networks.ts";
import type { BackboneOptions } from "../models/mod.ts";
import { networkOptions, type PredictorOptions } from "../options/network_options.ts";
import { uploadMasks } from "../training/upload.ts";

const CLASSES = 3;
const small = { width: 4, depth: 2, widthDivisor: 16, predictorWidth: 4 } as const;

/** The sides of the maps of an image of this size; fails where the networks cannot work on it. */
async function mapsOf(
  device: Device,
  options: BackboneOptions & PredictorOptions & { readonly imageSize: number },
): Promise<void> {
  const { imageSize: size } = options;
  {
    using networks = await buildNetworks(device, options, CLASSES, 1);
    const { segmenter, predictor } = networks;
    using _scope = device.scope();
    const x = tensor(device, new Float32Array(3 * size * size), [1, 3, size, size]);
    const { logits, high, low } = segmenter.decode(segmenter.encode(x, "train"), "train");
    const side = size / segmenter.stride;
    assertEquals(logits.shape, [1, CLASSES, side, side]);
    const mask = { width: side, height: side, data: new Uint8Array(side * side) };
    const change = predictor.logits(predictor.head(high, low), uploadMasks(device, [mask]));
    assertEquals(change.shape, [1, 1, side, side]);
    await device.idle();
  }
  assertEquals(device.pool.live, 0);
}

Deno.test("every network works on the least size that is allowed, and on a larger one", async () => {
  using device = await Device.open();
  for (const network of ["encoder-decoder", "mobilenet-v2", "resnet18", "resnet38"] as const) {
    const refusal = assertThrows(
      () => checkNetworkOptions({ ...small, network, imageSize: 15 }),
      InputError,
    );
    const [multiple, least] = /multiple of (\d+) that is at least (\d+)/.exec(refusal.message)!
      .slice(1).map(Number);
    for (const imageSize of [least, least + multiple]) {
      const options = { ...small, network, imageSize };
      checkNetworkOptions(options);
      await mapsOf(device, options);
    }
    assertThrows(
      () => checkNetworkOptions({ ...small, network, imageSize: least + multiple / 2 }),
      InputError,
      `Give ${least + multiple}.`,
    );
  }
});

Deno.test("the widths of resnet38 can be divided by what divides the least of them", async () => {
  using device = await Device.open();
  await mapsOf(device, { ...small, network: "resnet38", imageSize: 104, widthDivisor: 32 });
  for (let divisor = 1; divisor <= 65; divisor++) {
    const { success } = networkOptions.widthDivisor.safeParse(divisor);
    assertEquals(success, divisor < 64 && 64 % divisor === 0, `divisor ${divisor}`);
  }
});

Deno.test("a scaled side is the nearest that the network can see", () => {
  const sides = (network: "encoder-decoder" | "mobilenet-v2" | "resnet38", size: number) =>
    [0.01, 0.5, 0.75, 1, 1.25].map((scale) => scaledSide({ network, imageSize: size }, scale));
  assertEquals(sides("encoder-decoder", 66), [16, 34, 50, 66, 82]); // of 33, 49.5 and 82.5
  assertEquals(sides("mobilenet-v2", 120), [40, 64, 88, 120, 152]); // of 60, 90 and 150
  assertEquals(sides("resnet38", 448), [104, 224, 336, 448, 560]);
});
