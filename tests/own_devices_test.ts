// Photographs that workers compute, each on a device of its own.
import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { classifierConfig, complete as classifierOptions } from "../src/cam/classifier_config.ts";
import { classifierEncoder } from "../src/cam/classifier_inputs.ts";
import { buildClassifier } from "../src/cam/classifier_network.ts";
import { cam } from "../src/commands/cam.ts";
import { crf } from "../src/commands/crf.ts";
import { leavesIdle, onOwnDevices } from "../src/commands/own_devices.ts";
import { synth } from "../src/commands/synth.ts";
import { trainAffinity } from "../src/commands/train_affinity.ts";
import { trainClassifier } from "../src/commands/train_classifier.ts";
import { walk } from "../src/commands/walk.ts";
import { writeImage } from "../src/data/images/image.ts";
import { writeMask } from "../src/data/masks/mask.ts";
import { Device } from "../src/gpu/mod.ts";
import { affinityConfig, complete as affinityOptions } from "../src/psa/affinity_config.ts";
import { affinityInputs } from "../src/psa/inputs.ts";
import { makeLabels } from "../src/psa/make_labels.ts";
import { buildAffinityNetworks } from "../src/psa/networks.ts";
import { featureShapes, featuresOfAll, squareViews } from "../src/training/features.ts";
import { samplePairs } from "./sample_pairs.ts";
import { bytes, contextOf, device, inFolder, message, names, stopping } from "./training.ts";

Deno.test("workers with devices of their own write the same files as one device, tell errors and can be stopped", () =>
  inFolder(async (at) => {
    using profiled = await Device.open({ profile: true }); // what is profiled stays on its device
    const alone = { ...contextOf(), device: () => Promise.resolve(profiled) };
    const data = at("many");
    const sizes = { imageWidth: 40, imageHeight: 33, classCount: 2 };
    await synth.run(synth.config.parse({ out: data, train: 16, val: 0, ...sizes }), contextOf());
    const tiny = { data, width: 4, depth: 1, imageSize: 32, epochs: 1 };
    await trainClassifier.run(
      trainClassifier.config.parse({ ...tiny, out: at("a") }),
      contextOf(),
    );
    const ids = Array.from({ length: 16 }, (_, i) => `train_${`${i}`.padStart(5, "0")}`);
    const images = ids.map((id) => ({ image: at("many", "JPEGImages", `${id}.png`) }));
    assertEquals(await leavesIdle(profiled, { images }, contextOf()), false);
    assertEquals(await leavesIdle(device, { images, processes: 2 }, contextOf()), false);
    assertEquals(await leavesIdle(device, { images: images.slice(1) }, contextOf()), false);
    assertEquals(await leavesIdle(device, { images }, contextOf()), device.software);
    for (const [longSide, gigabytes] of [[undefined, 1.0025], [2048, 9]] as const) {
      const lines: string[] = [];
      for (const memory of [1.01, 0.99].map((share) => share * gigabytes * 2 ** 30)) {
        const context = { ...contextOf({ lines }), memory };
        const both = await leavesIdle(device, { images, longSide }, context);
        assertEquals(both, device.software && memory > gigabytes * 2 ** 30);
      }
      assertEquals(lines.length, device.software ? 1 : 0, "one line where memory decides it");
    }

    const same = async (folder: string, other: string, files: readonly string[]) => {
      for (const name of files) {
        assertEquals(await bytes(at(folder, name)), await bytes(at(other, name)), name);
      }
    };
    const maps = (out: string) => cam.config.parse({ run: at("a"), out, mapStride: 2 });
    const { dispatches } = device;
    const stop = contextOf(stopping("activation maps", 3));
    await assertRejects(() => cam.run(maps(at("cam")), stop), DOMException, "Stopped");
    assertEquals(device.dispatches === dispatches, device.software, "others have computed them");
    await cam.run(maps(at("cam1")), alone);
    await same("cam", "cam1", ids.slice(0, 3).map((id) => `${id}.npy`));

    const common = { ...tiny, scores: at("cam1"), gridStride: 4, mostChannels: 8, radius: 3 };
    const options = trainAffinity.config.parse({ ...common, crfIterations: 2, out: at("b") });
    if (device.software) { // elsewhere no worker tells it
      const narrow = trainAffinity.run({ ...options, crfWidth: 1e-4, out: at("n") }, contextOf());
      assertStringIncludes(await message(narrow), "Cannot use --crf-width 0.0001: it is too small");
    }
    await trainAffinity.run(options, contextOf());
    await makeLabels(affinityOptions(options), at("labels"), contextOf());
    const [own] = names(at("labels"));
    await same(`b/${own}`, `labels/${own}`, ids.map((id) => `${id}.png`));

    const walked = (out: string) =>
      walk.config.parse({ run: at("b"), out, crfIterations: 2, logSteps: 3 });
    await walk.run(walked(at("walk1")), alone);
    await Deno.writeTextFile(at("cam1", "train_00013.npy"), "no array");
    const told = await message(walk.run(walked(at("walk")), contextOf()));
    assertStringIncludes(told, "train_00013.npy");
    for (const [folder, type] of [["", "npy"], ["/masks", "png"], ["/crf", "png"]]) {
      const files = ids.slice(0, 13).map((id) => `${id}.${type}`);
      await same(`walk${folder}`, `walk1${folder}`, files);
    }
  }));

Deno.test("the CRF of large photographs is computed by such workers, small ones stay together", () =>
  inFolder(async (at) => {
    using profiled = await Device.open({ profile: true });
    const alone = { ...contextOf(), device: () => Promise.resolve(profiled) };
    const ids = Array.from({ length: 16 }, (_, i) => `${i}`.padStart(2, "0"));
    const options = (size: string, out: string) =>
      crf.config.parse({ images: at(size), masks: at(`${size}-masks`), out, crfIterations: 1 });
    for (const [name, width, height] of [["large", 192, 172], ["small", 24, 20]] as const) {
      for (const folder of [at(name), at(`${name}-masks`)]) await Deno.mkdir(folder);
      for (const [k, id] of ids.entries()) {
        const half = (i: number) => Number(i % width > width / 3 + 2 * k);
        const data = Uint8Array.from(
          { length: 3 * width * height },
          (_, i) => 200 * half(Math.floor(i / 3)) + i % 17,
        );
        await writeImage(join(at(name), `${id}.png`), { width, height, data });
        const seed = Uint8Array.from(
          { length: width * height },
          (_, i) => k === 5 ? 3 : half(i + 9),
        );
        await writeMask(join(at(`${name}-masks`), `${id}.png`), { width, height, data: seed });
      }
      const { dispatches } = device;
      await crf.run(options(name, at(name, "out")), contextOf());
      const by = device.dispatches === dispatches;
      assertEquals(
        by,
        name === "large" && device.software,
        `others have computed the ${name} ones`,
      );
      await crf.run(options(name, at(name, "one")), alone);
      for (const id of ids) {
        assertEquals(
          await bytes(at(name, `out/${id}.png`)),
          await bytes(at(name, `one/${id}.png`)),
        );
      }
    }
    await Deno.writeTextFile(at("large-masks", "07.png"), "no mask");
    const told = await message(crf.run(options("large", at("damaged")), contextOf()));
    assertStringIncludes(told, "07.png");
    assertEquals(names(at("damaged")).filter((name) => name.endsWith(".png")).length, 7);
  }));

Deno.test("workers compute the same features of a frozen encoder as one device", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const pairs = await samplePairs(folder, 3);
    const base = { data: folder, out: "", network: "mobilenet-v2" } as const;
    const affinity = affinityOptions(affinityConfig.parse({ ...base, imageSize: 64 }));
    const classifier = classifierOptions(classifierConfig.parse(base));
    using networks = await buildAffinityNetworks(device, affinity);
    using made = await buildClassifier(device, classifier, 3);
    for (
      const { encoder, of } of [
        { encoder: affinityInputs(networks, 64).encoder, of: { affinity } },
        { encoder: classifierEncoder(made), of: { classifier, classes: 3 } },
      ]
    ) {
      const images = pairs.map(({ image }) => ({ image, views: squareViews(64) }));
      const shapes = featureShapes(device, encoder, images[0].views[0]);
      const one = await Array.fromAsync(featuresOfAll(device, encoder, images, shapes));
      const two = await Array.fromAsync(
        onOwnDevices("features", device, { ...of, shapes }, images),
      );
      assertEquals(one.length, 3);
      assertNotEquals(one[0], one[1]);
      assertEquals(two, one);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
