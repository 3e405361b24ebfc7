import { assert, assertEquals } from "@std/assert";
import { Random } from "../data/random.ts";
import { Device } from "../gpu/mod.ts";
import { buildBackbone, Classifier } from "../models/mod.ts";
import { releaseState, Sgd } from "../nn/mod.ts";
import { read, tensor } from "../tensor/mod.ts";
import { classifierGroups } from "./classifier_groups.ts";

Deno.test("an encoder's biases do not decay and have a rate of their own; so does the linear layer", async () => {
  using device = await Device.open();
  {
    using backbone = await buildBackbone(
      device,
      { network: "encoder-decoder", width: 2, depth: 1 },
      new Random(1),
    );
    const classifier = new Classifier(device, { channels: 4, classes: 3 }, new Random(2));
    const rates = { headRate: 10, biasRate: 2, weightDecay: 0.5 };
    const groups = classifierGroups({ backbone, classifier }, rates);
    const all = groups.flatMap(({ parameters }) => [...parameters]);
    const ones = (size: number) => new Float32Array(size).fill(1);
    for (const [, x] of all) device.write(x.storage, ones(x.size));
    // With weights and gradients of 1, weight decay makes a step half as long again.
    const gradients = all.map(([, x]) => [x, tensor(device, ones(x.size), x.shape)] as const);
    new Sgd(groups).step(new Map(gradients), 0.01);
    const lengths = new Map<string, Set<number>>();
    for (const [path, x] of all) {
      const kind = path.startsWith("encoder.") ? /\.(\w+)$/.exec(path)![1] : path;
      const own = lengths.get(kind) ?? new Set();
      for (const value of await read(x)) own.add(Math.round(1000 * (1 - value)) / 1000);
      lengths.set(kind, own);
    }
    assertEquals(Object.fromEntries([...lengths].map(([kind, steps]) => [kind, [...steps]])), {
      "weight": [0.015],
      "bias": [0.02],
      "fc8.weight": [0.15],
    });
    assert(all.length > 4);
    releaseState(classifier);
  }
  assertEquals(device.pool.live, 0);
});
