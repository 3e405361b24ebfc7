import { assertEquals } from "@std/assert";
import { classifierConfig, complete } from "./classifier_config.ts";

Deno.test("what is left open depends on the network, what is given does not", () => {
  const parse = (options: object) => {
    return complete(classifierConfig.parse({ data: "d", out: "o", ...options }));
  };
  const { imageSize, epochs, optimizer, learningRate, headRate, biasRate, gain } = parse({
    network: "resnet38",
  });
  assertEquals([imageSize, epochs, optimizer], [448, 15, "sgd"]);
  assertEquals([learningRate, headRate, biasRate, gain], [0.1, 10, 2, 1]);
  for (const network of ["mobilenet-v2", "encoder-decoder"]) {
    const { imageSize, epochs, optimizer, learningRate, gain } = parse({ network });
    assertEquals([imageSize, epochs, optimizer, learningRate, gain], [256, 60, "adam", 1e-3, 0.1]);
  }
  const given = parse({ network: "resnet38", imageSize: 64, gain: 0.5 });
  assertEquals([given.imageSize, given.gain, given.headRate, given.data], [64, 0.5, 10, "d"]);
});
