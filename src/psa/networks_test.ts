import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../files/error.ts";
import { Device } from "../gpu/mod.ts";
import { parameters } from "../nn/mod.ts";
import { empty } from "../tensor/mod.ts";
import { affinityGrid, buildAffinityNetworks } from "./networks.ts";
import { affinityConfig, complete } from "./affinity_config.ts";

const parse = (options: object) =>
  complete(affinityConfig.parse({ data: "", out: "", network: "resnet18", ...options }));

Deno.test("which stages feed the affinity network, and what is frozen: as PSA and as IRN choose", async () => {
  using device = await Device.open();
  const look = async (options: object) => {
    using networks = await buildAffinityNetworks(device, parse(options));
    using _scope = device.scope();
    const { net, backbone } = networks;
    const maps: number[][] = [];
    device.rehearse(() => {
      const x = empty(device, [1, 3, 64, 96]);
      maps.push(...networks.encode(x, "infer").map(({ shape: [, c, h] }) => [c, h]));
      assertEquals(net.forward(networks.encode(x, "infer"), 64, 96).shape.slice(2), [
        64 / networks.stride,
        96 / networks.stride,
      ]);
    });
    const trained = [...parameters(backbone.trained)].map(([path]) => path.split(".")[0]);
    return { maps, trained: [...new Set(trained)] };
  };
  assertEquals(
    await look({ stages: [2, 3, 4], gridStride: 8, trainFrom: 2, outputStride: 8 }),
    { maps: [[128, 8], [256, 8], [512, 8]], trained: ["layer2", "layer3", "layer4"] },
  );
  assertEquals(
    await look({ stages: [4, 0, 1, 2, 3], gridStride: 4, trainFrom: null, dilate: false }),
    { maps: [[64, 16], [64, 16], [128, 8], [256, 4], [512, 4]], trained: [] },
  );
  // By default those that are not finer than the grid.
  assertEquals((await look({ gridStride: 8 })).maps, [[128, 8], [256, 4], [512, 4]]);
  const refused = (options: object, text: string) =>
    assertThrows(() => affinityGrid(parse(options)), InputError, text);
  refused({ stages: [5] }, "Cannot use --stages 5: the maps of resnet18 are 0 to 4");
  refused({ stages: [1, 1] }, "each at most once");
  refused({ stages: [0], network: "mobilenet-v2" }, "the maps of mobilenet-v2 are 1 to 4");
});
