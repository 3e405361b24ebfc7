import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../tests/check_op.ts";
import { Device } from "../gpu/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { buildNetworks, partsOf } from "../scpp/networks.ts";
import { encoderAndHeads, makeOptimizer } from "./optimizer.ts";
import { partsState } from "./parts.ts";

const rates = { optimizer: "sgd", momentum: 0, headRate: 10, weightDecay: 0 } as const;

for (const network of ["encoder-decoder", "mobilenet-v2", "resnet38"] as const) {
  Deno.test(`the encoder of ${network} learns at the rate, everything else at the head's`, async () => {
    using device = await Device.open();
    const sizes = {
      width: 2,
      depth: 1,
      widthDivisor: 32,
      predictorWidth: 2,
      imageSize: 104,
    } as const;
    {
      using networks = await buildNetworks(device, { network, ...sizes }, 3, 1);
      const { segmenter } = networks;
      const parts = partsOf(networks);
      const all = partsState(parts).filter(([, { trained }]) => trained);
      const before = await Promise.all(all.map(([, x]) => read(x)));
      const groups = encoderAndHeads(parts, segmenter.backbone.trained, rates);
      const decaying = encoderAndHeads(parts, segmenter.backbone.trained, {
        ...rates,
        weightDecay: 0.1,
      });
      assertEquals(decaying.map(({ decay, rate }) => [decay, rate]), [[0.1, undefined], [0.1, 10]]);
      const optimizer = makeOptimizer(groups, rates);
      const ones = all.map(([, x]) => tensor(device, new Float32Array(x.size).fill(1), x.shape));
      optimizer.step(new Map(all.map(([, x], i) => [x, ones[i]])), 0.01);
      const steps = await Promise.all(all.map(async ([path, x], i) => {
        const moved = (await read(x)).map((v, k) => before[i][k] - v);
        assertNear(moved, moved.map(() => moved[0]), 1e-2, path);
        return [path, Math.round(1000 * moved[0]) / 1000] as const;
      }));
      const slow = steps.filter(([, step]) => step === 0.01).map(([path]) => path);
      const fast = steps.filter(([, step]) => step === 0.1).map(([path]) => path);
      assertEquals(slow.length + fast.length, steps.length);
      assert(slow.every((path) => path.startsWith("segmenter.")));
      assertEquals(slow.length > 0, network !== "mobilenet-v2", "a frozen encoder has no rate");
      const head = /^segmenter\.(up|classify|seg1|seg2|reduce|context)\b/;
      assertEquals(
        fast.filter((path) => !path.startsWith("predictor.")).every((p) => head.test(p)),
        true,
      );
      assert(fast.some((path) => head.test(path)) && !slow.some((path) => head.test(path)));
    }
    assertEquals(device.pool.live, 0);
  });
}
