import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { SAMPLE, samplePairs } from "../../tests/sample_pairs.ts";
import { readMask } from "../data/masks/mask.ts";
import { resizeMask } from "../data/images/resize.ts";
import { framedView } from "../data/images/view.ts";
import { Device } from "../gpu/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { mirrorMask as mirror, uploadMasks } from "../training/upload.ts";
import { buildNetworks, type Networks } from "./networks.ts";
import type { Pair } from "./pairs.ts";
import { predictChanges, refineMask } from "./predict.ts";
import { loadExample } from "../data/augment/load_example.ts";

const [SIDE, CLASSES] = [32, 3];

async function withNetworks(
  count: number,
  test: (nets: Networks, pairs: readonly Pair[], device: Device) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  const options = {
    ...{ network: "encoder-decoder", width: 4, depth: 1, widthDivisor: 1 } as const,
    ...{ predictorWidth: 6, imageSize: SIDE },
  };
  const nets = await buildNetworks(device, options, CLASSES, 1);
  try {
    await test(nets, await samplePairs(folder, count), device);
    nets[Symbol.dispose]();
    assertEquals(device.pool.live, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The logits that the networks give for one mask of a photograph, perhaps both mirrored. */
async function logitsOf(
  device: Device,
  { segmenter, predictor }: Networks,
  { image, ...pair }: Pair,
  which: "knowledge" | "advice",
  flip: boolean,
): Promise<Float32Array> {
  using _scope = device.scope();
  const view = { width: SIDE, height: SIDE, flip };
  const normalise = segmenter.backbone.normalisation;
  const { planes } = await loadExample({ image, view, seed: 0, normalise });
  const x = tensor(device, planes as Float32Array<ArrayBuffer>, [1, 3, SIDE, SIDE]);
  const { high, low } = segmenter.decode(segmenter.encode(x, "infer"), "infer");
  const path = which === "knowledge" ? pair.knowledge : pair.advice[0];
  const plain = resizeMask(await readMask(path), SIDE / 2, SIDE / 2);
  const mask = uploadMasks(device, [flip ? mirror(plain) : plain]);
  return await read(predictor.logits(predictor.head(high, low), mask));
}

async function predictions(nets: Networks, pairs: readonly Pair[], batch: number, mirror = false) {
  const found = [];
  for await (const each of predictChanges(nets, pairs, { imageSize: SIDE, batch, mirror })) {
    found.push(each);
  }
  assertEquals(found.map(({ pair }) => pair.id), pairs.map(({ id }) => id));
  return found.map(({ logits }) => logits);
}

const planes = (
  data: Float32Array,
) => [data.slice(0, data.length / 2), data.slice(data.length / 2)];

Deno.test("plane 0 is seen from the knowledge, plane 1 from the advice, whatever the batch", () =>
  withNetworks(5, async (nets, pairs, device) => {
    const found = await predictions(nets, pairs, 2);
    for (const [i, pair] of pairs.entries()) {
      const [fromK, fromA] = planes(found[i].data);
      const wanted = {
        knowledge: await logitsOf(device, nets, pair, "knowledge", false),
        advice: await logitsOf(device, nets, pair, "advice", false),
      };
      assertEquals([found[i].channels, found[i].height, found[i].width], [2, 16, 16]);
      assertNear(fromK, wanted.knowledge, 1e-4, `${pair.id}, knowledge`);
      assertNear(fromA, wanted.advice, 1e-4, `${pair.id}, advice`);
      assert(fromK.some((v, u) => Math.abs(v - fromA[u]) > 1e-2), "the masks are told apart");
    }
  }));

Deno.test("every adviser has a plane of its own, the same whatever others there are", () =>
  withNetworks(2, async (nets, pairs) => {
    const several = pairs.map((pair) => ({ ...pair, advice: [...pair.advice, pair.knowledge] }));
    const alone = await predictions(nets, pairs, 2);
    const found = await predictions(nets, several, 2);
    for (const [i, pair] of several.entries()) {
      assertEquals(found[i].channels, 3);
      assertEquals([...found[i].data.subarray(0, 512)], [...alone[i].data]);
      assertEquals(found[i].data.subarray(512), alone[i].data.subarray(0, 256));
      // Who says what the knowledge says has a vote against the first adviser.
      const even = { difference: 0, background: 0, flag: 0 };
      const K = await readMask(pair.knowledge);
      const { data: one } = await refineMask(pairs[i], alone[i], CLASSES, even);
      const { data: all } = await refineMask(pair, found[i], CLASSES, even);
      all.forEach((c, u) => assert(c === K.data[u] || c === one[u]));
    }
  }));

Deno.test("predictions of the mirror image are turned back before they are averaged", () =>
  withNetworks(3, async (nets, pairs, device) => {
    const found = await predictions(nets, pairs, 2, true);
    for (const [i, pair] of pairs.entries()) {
      for (const [plane, which] of (["knowledge", "advice"] as const).entries()) {
        const straight = await logitsOf(device, nets, pair, which, false);
        const turned = await logitsOf(device, nets, pair, which, true);
        const wanted = straight.map((v, u) => (v + turned[u - u % 16 + 15 - u % 16]) / 2);
        assertNear(planes(found[i].data)[plane], wanted, 1e-4, `${pair.id}, ${which}`);
      }
    }
  }));

Deno.test("with the aspect kept, logits cover the photograph alone, mirrored or not", () =>
  withNetworks(3, async (nets, pairs, device) => {
    const frame = { imageSize: SIDE, keepAspect: true };
    const sides = [SIDE / 2, 11]; // 24 x 16 pixels become 32 x 22 of 32 x 32, maps half of that
    const seen = async (pair: Pair, which: 0 | 1, flip: boolean) => {
      using _scope = device.scope();
      const { planes, masks } = await loadExample({
        ...{ image: pair.image, masks: [pair.knowledge, ...pair.advice], maskStride: 2 },
        ...{ view: framedView(SAMPLE, frame, 2, { flip }), smooth: true, seed: 0 },
        normalise: nets.segmenter.backbone.normalisation,
      });
      const x = tensor(device, planes as Float32Array<ArrayBuffer>, [1, 3, SIDE, SIDE]);
      const { high, low } = nets.segmenter.decode(nets.segmenter.encode(x, "infer"), "infer");
      const head = nets.predictor.head(high, low);
      return await read(nets.predictor.logits(head, uploadMasks(device, [masks[which]])));
    };
    const options = { ...frame, batch: 2, mirror: true };
    let i = 0;
    for await (const { pair, logits } of predictChanges(nets, pairs, options)) {
      assertEquals(pair.id, pairs[i++].id);
      assertEquals([logits.width, logits.height], sides);
      for (const which of [0, 1] as const) {
        const [plain, turned] = [await seen(pair, which, false), await seen(pair, which, true)];
        const wanted = plain.slice(0, 16 * 11)
          .map((v, u) => (v + turned[u - u % 16 + 15 - u % 16]) / 2);
        assertNear(planes(logits.data)[which], wanted, 1e-4, `${pair.id}, ${which}`);
      }
    }
  }));

Deno.test("refineMask takes the advice where the knowledge predicts the change, at full size", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [pair] = await samplePairs(folder, 1);
    const [K, A] = await Promise.all([readMask(pair.knowledge), readMask(pair.advice[0])]);
    const shape = { channels: 2, height: 16, width: 16 };
    const logits = (fromK: number, fromA: number) =>
      new Float32Array(512).fill(fromK, 0, 256).fill(fromA, 256);
    const refined = (data: Float32Array, flag = 0) =>
      refineMask(pair, { ...shape, data }, CLASSES, { difference: 0, background: 0, flag });
    const taken = await refined(logits(4, -4));
    assertEquals([taken.width, taken.height], [SAMPLE.width, SAMPLE.height]);
    assertEquals([...taken.data], [...A.data]);
    assertEquals([...(await refined(logits(-4, 4))).data], [...K.data]);
    // The advice deletes class 1, which the image is known to show: it is kept.
    assertEquals([...(await refined(logits(4, -4), 1)).data], [...K.data]);
    // With a threshold of 0 nothing collapses.
    const biases = { difference: 0, background: 0, collapseThreshold: 0 };
    const bold = await refineMask(pair, { ...shape, data: logits(4, -4) }, CLASSES, biases);
    assertEquals([...bold.data], [...A.data]);
    // Left half by the advice, right half by the knowledge.
    const halves = new Float32Array(512).map((_, i) => (i % 16 < 8) === (i < 256) ? 4 : -4);
    const mixed = (await refined(halves)).data;
    const wanted = K.data.map((k, u) => u % SAMPLE.width < SAMPLE.width / 2 ? A.data[u] : k);
    assertEquals([...mixed], [...wanted]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
