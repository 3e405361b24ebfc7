// What static refinement refuses and what it says, through the commands themselves.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { encodeMask } from "../src/data/masks/mask.ts";
import { givenMasks, refined, train } from "./static_runs.ts";
import {
  bytes,
  HEIGHT,
  ids,
  inFolder,
  message,
  metrics,
  names,
  stopping,
  WIDTH,
} from "./training.ts";

Deno.test("a run is neither replaced nor mixed with another unasked", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const before = await bytes(at("run", "checkpoints", "step-00000002.safetensors"));
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, { epochs: 1, ...options }, busy));
    const where = at("run");
    assertEquals(
      await attempt({}),
      `Cannot start a run in ${where}: one is there. Give --resume, --overwrite or another folder.`,
    );
    assertEquals(
      await attempt({ resume: true, learningRate: 0.5, backgroundPower: 2 }),
      `Cannot resume the run ${where}: its --background-power was 4 and is now 2. ` +
        "Give the same options, or --overwrite to start again.",
    );
    const lines: string[] = [];
    await train(at, { epochs: 1, resume: true }, { ...busy, lines });
    assertEquals(lines.at(-2), `${where} has all its 2 steps.`);
    assertEquals(await bytes(at("run", "checkpoints", "step-00000002.safetensors")), before);
    // A mistake in the options of a run that is to replace it leaves it as it was.
    assertStringIncludes(await attempt({ overwrite: true, scores: "cams" }), "the scores cams");
    assertEquals(await bytes(at("run", "checkpoints", "step-00000002.safetensors")), before);
    await train(at, { epochs: 1, overwrite: true, seed: 2 });
    const after = await bytes(at("run", "checkpoints", "step-00000002.safetensors"));
    assert(after.some((byte, i) => byte !== before[i]));
  }));

Deno.test("a damaged checkpoint is named, by train and by refine; so is a foreign run", () =>
  inFolder(async (at) => {
    await train(at, { epochs: 1 });
    const file = at("run", "checkpoints", "step-00000002.safetensors");
    const whole = await Deno.readFile(file);
    await Deno.writeFile(file, whole.subarray(0, whole.length - 10));
    const wanted = `Cannot read ${file}: it is truncated: 10 bytes of data are missing. ` +
      "Delete it, and the checkpoint before it is taken.";
    assertEquals(await message(train(at, { epochs: 1, resume: true })), wanted);
    assertEquals(await message(refined(at)), wanted);
    await Deno.writeTextFile(at("run", "config.json"), '{"epochs":"x"}');
    assertStringIncludes(
      await message(refined(at)),
      `Cannot use the run ${at("run")}: its config.json is not of train static (`,
    );
    assertStringIncludes(await message(refined(at, { run: at("set") })), "it has no config.json");
  }));

Deno.test("a loss that is not a number ends the run in one line", () =>
  inFolder(async (at) => {
    const options = { learningRate: 1e30, optimizer: "sgd", epochs: 4, saveEvery: 1 };
    assertEquals(
      await message(train(at, options)),
      `Cannot go on with ${at("run")}: a loss is not a number at step 2. ` +
        "Start again with a lower --learning-rate.",
    );
    assertEquals(names(at("run", "checkpoints")), ["step-00000001.safetensors"]);
    assertEquals(metrics(at("run")).length, 0);
  }));

Deno.test("masks that do not fit are refused by name before there is work", () =>
  inFolder(async (at) => {
    const path = await givenMasks(at);
    const busy = { update: () => assert(false, "refused before there is work") };
    const given = { scores: undefined, knowledge: at("given") };
    const spoilt = async (id: string, content: Uint8Array | undefined, options: object = given) => {
      const before = await Deno.readFile(path(id));
      if (content) await Deno.writeFile(path(id), content);
      else await Deno.remove(path(id));
      const said = await message(train(at, options, busy));
      await Deno.writeFile(path(id), before);
      return said;
    };
    const mask = (width: number, height: number, c: number) =>
      encodeMask({ width, height, data: new Uint8Array(width * height).fill(c) });
    const photograph = at("set", "JPEGImages", `${ids[5]}.png`);
    assertEquals(
      await spoilt(ids[5], mask(WIDTH, HEIGHT + 1, 0)),
      `Cannot use the mask ${path(ids[5])}: it is ${WIDTH} x ${HEIGHT + 1}, but ${photograph} is ` +
        `${WIDTH} x ${HEIGHT}. Give masks of the photograph's size.`,
    );
    assertEquals(
      await spoilt(ids[6], mask(WIDTH, HEIGHT, 3)),
      `Cannot read the mask ${
        path(ids[6])
      }: the class index 3 at column 0, row 0 is not in 0..2. ` +
        "Check that the mask and the list of classes belong together.",
    );
    const both = { advice: [at("given")] };
    assertStringIncludes(await spoilt(ids[6], mask(WIDTH, HEIGHT, 3), both), "class index 3");
    assertEquals(
      await spoilt(ids[7], undefined),
      `Cannot use the masks ${at("given")}: 1 of 8 files are missing, such as ${path(ids[7])}. ` +
        "Add them, or take the images out of the list.",
    );
    const cut = (await Deno.readFile(path(ids[0]))).slice(0, 700);
    assertStringIncludes(await spoilt(ids[0], cut), `Cannot read the mask ${path(ids[0])}: it is`);
    await Deno.remove(at("set", "cam", `${ids[4]}.npy`));
    assertStringIncludes(
      await message(train(at, {}, busy)),
      `1 of 8 files are missing, such as ${at("set", "cam", `${ids[4]}.npy`)}.`,
    );
  }));

Deno.test("a damaged photograph is named, and what was done before it is not lost", () =>
  inFolder(async (at) => {
    const photograph = at("set", "JPEGImages", `${ids[2]}.png`);
    const whole = await Deno.readFile(photograph);
    const spoil = () => Deno.writeFile(photograph, whole.subarray(0, whole.length / 2));
    const named = `Cannot read the image ${photograph}: it is truncated. ` +
      "Replace it, or take it out of the list.";
    await spoil();
    assertEquals(await message(train(at, {})), named);
    await Deno.writeFile(photograph, whole);
    await train(at, { out: at("whole") });
    // Its header is whole, so that it is met when a batch needs it.
    const cache = at("whole");
    await assertRejects(() => train(at, { cache }, stopping("train", 2)), DOMException);
    const lines: string[] = [];
    const watch = { lines, opening: spoil }; // its masks are there by then
    const said = await message(train(at, { cache, resume: true, logEvery: 1 }, watch));
    assertEquals(said, named);
    const { step } = JSON.parse(await Deno.readTextFile(at("run", "latest.json")));
    assertEquals(
      lines.at(-1),
      `Saved after ${step} of 6 steps; the same command goes on from there.`,
    );
    await Deno.writeFile(photograph, whole);
    await train(at, { cache, resume: true });
    const last = ["checkpoints", "step-00000006.safetensors"];
    assertEquals(await bytes(at("run"), ...last), await bytes(at("whole"), ...last));
  }));

Deno.test("sizes and weights that cannot work are refused before there is work", () =>
  inFolder(async (at) => {
    const busy = { update: () => assert(false, "refused before there is work") };
    const attempt = (options: object) => message(train(at, options, busy));
    assertEquals(
      await attempt({ imageSize: 33 }),
      "Cannot use --image-size 33: encoder-decoder needs a multiple of 2 that is at least 16. " +
        "Give 34.",
    );
    assertStringIncludes(await attempt({ network: "mobilenet-v2" }), "at least 40. Give 40.");
    assertStringIncludes(await attempt({ network: "resnet38", imageSize: 100 }), "Give 104.");
    const weights = at("none.safetensors");
    assertEquals(
      await attempt({ network: "mobilenet-v2", imageSize: 40, weights }),
      `Cannot read ${weights}: no such file. Check the path.`,
    );
    assertStringIncludes(await attempt({ scores: undefined }), "give either --scores");
    assertStringIncludes(await attempt({ data: at("nowhere") }), "no such folder");
    await Deno.writeTextFile(at("set", "ImageSets", "Segmentation", "none.txt"), "\n");
    assertStringIncludes(await attempt({ list: "none" }), "it is empty");
    await Deno.writeTextFile(at("file"), "");
    assertStringIncludes(await attempt({ out: at("file", "run") }), "is a file, not a");
  }));
