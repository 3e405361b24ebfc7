import { assertEquals } from "@std/assert";
import { affinityConfig, complete, epochsFor } from "./affinity_config.ts";

const parse = (options: object) => affinityConfig.parse({ data: "", out: "", ...options });

Deno.test("a frozen MobileNetV2 learns affinities in 400 steps, or in 4 to 8 epochs", () => {
  const frozen = parse({ network: "mobilenet-v2", weights: "w" });
  const epochs = [3, 100, 250, 320, 437, 10_000].map((count) => epochsFor(frozen, count));
  assertEquals(epochs, [8, 8, 7, 5, 4, 4]); // of 1, 25, 62, 80, 109 and 2500 steps
  assertEquals(epochsFor({ ...frozen, batch: 16 }, 437), 8, "27 steps an epoch");
  for (const network of ["resnet38", "encoder-decoder", "resnet18"]) {
    assertEquals(epochsFor(parse({ network }), 10_000), 8, network);
  }
  assertEquals(epochsFor({ ...frozen, trainFrom: 3 }, 10_000), 8);
  assertEquals(complete(frozen).epochs, 8, "of runs that said nothing");
});
