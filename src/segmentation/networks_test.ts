import { assert, assertEquals, assertThrows } from "@std/assert";
import { values } from "../../tests/check_op.ts";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { buildNetworks } from "../scpp/networks.ts";
import {
  buildSegmenter,
  checkNetworkOptions,
  scaledSide,
  type SegmenterOptions,
} from "./networks.ts";
import { networkOptions, type PredictorOptions } from "../options/network_options.ts";
import { uploadMasks } from "../training/upload.ts";

const CLASSES = 3;
const small = { width: 4, depth: 2, widthDivisor: 16, predictorWidth: 4 } as const;

/** The sides of the maps of an image of this size; fails where the networks cannot work on it. */
async function mapsOf(
  device: Device,
  options: SegmenterOptions & PredictorOptions & { readonly imageSize: number },
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

Deno.test("a head with skip connections has maps of a quarter of the image's side", async () => {
  using device = await Device.open();
  const skip = { ...small, head: "skip" } as const;
  await mapsOf(device, { ...skip, network: "mobilenet-v2", imageSize: 80 });
  await mapsOf(device, { ...skip, network: "resnet18", imageSize: 80, outputStride: 8 });
  const own = { ...skip, network: "resnet38", imageSize: 104 } as const;
  assertThrows(() => checkNetworkOptions(own), InputError, "resnet38 has a head of its own");
});

Deno.test("the three maps of a head with skip connections all reach its scores, where they lie", async () => {
  using device = await Device.open();
  const options = { ...small, head: "skip", network: "mobilenet-v2", imageSize: 80 } as const;
  using segmenter = await buildSegmenter(device, options, CLASSES, 1);
  using _scope = device.scope();
  const { stages } = segmenter.backbone;
  assertEquals(stages.map(({ channels, stride }) => [channels, stride]), [[24, 4], [32, 8], [
    320,
    16,
  ]]);
  // The pixel of one map in the second row and column is another.
  const logits = async (changed: number) => {
    const maps = stages.map(({ channels, stride }, i) => {
      const side = 80 / stride;
      const data = values(channels * side ** 2, i)
        .map((v, u) => i === changed && u % side ** 2 === side + 1 ? v + 9 : v);
      return tensor(device, data, [1, channels, side, side]);
    });
    return await read(segmenter.decode(maps, "infer").logits);
  };
  const plain = await logits(-1);
  // How far: a 3x3 convolution; bilinear doubling before it; a dilated 3x3 before four-fold enlarging.
  for (const [i, reach] of [2, 6, 19].entries()) {
    const after = await logits(i);
    const places = [...plain.keys()].filter((u) => after[u] !== plain[u]).map((u) => u % 400);
    const furthest = Math.max(...places.flatMap((u) => [u % 20, Math.floor(u / 20)]));
    assert(places.length > 0 && furthest <= reach, `map ${i}: ${places.length}, ${furthest}`);
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
