// From labels to masks and a network in one go.
import { existsSync } from "node:fs";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Forecast } from "../src/commands/forecast.ts";
import { masks } from "../src/commands/masks.ts";
import { report } from "../src/commands/report/report.ts";
import { reviewItems } from "../src/commands/review_items.ts";
import { readOptions } from "../src/options/flags.ts";
import {
  type At,
  contextOf,
  ids,
  inFolder,
  message,
  names,
  stopping,
  type Watch,
} from "./training.ts";

const flags = [
  ...["--width", "4", "--depth", "1", "--image-size", "16"],
  ...["--seeds.crf-iterations", "2", "--seeds.cam.scales", "1", "--seeds.cam.map-stride", "2"],
  ...["--seeds.classifier.epochs", "1", "--seeds.classifier.image-size", "32"],
  ...["--seeds.classifier.batch", "4", "--seeds.affinity.image-size", "32"],
  ...[
    "--seeds.affinity.epochs",
    "1",
    "--seeds.affinity.radius",
    "3",
    "--seeds.walk.log-steps",
    "3",
  ],
  ...["--static.epochs", "1", "--static.predictor-width", "4", "--static.crf-iterations", "2"],
  ...["--dynamic.epochs", "1", "--segmenter.epochs", "1", "--segment.crf-iterations", "2"],
];

async function run(at: At, more: readonly string[] = [], watch: Watch = {}) {
  const lines: string[] = [];
  const args = ["--data", at("set"), "--out", at("out"), ...flags, ...more];
  const { config } = readOptions(masks, args, "henka");
  await masks.run(config, contextOf({ ...watch, lines }));
  return lines.join("\n");
}

const done = (text: string) => text.match(/was done before/g)?.length ?? 0;

Deno.test("masks: every step goes on where it was stopped, and is done once for its options", () =>
  inFolder(async (at) => {
    const typo = await message(run(at, ["--certain", at("typo")]));
    assertStringIncludes(typo, `Cannot find the true masks ${at("typo")}`);
    assertEquals(names(at()), ["set"], "before there is work to wait for");
    // Who says --overwrite at every call keeps what was made with these options.
    const stops = (label: string, ...more: string[]) =>
      assertRejects(
        () => run(at, ["--overwrite", ...more], stopping(label, 1)),
        DOMException,
        "Stopped",
      );
    await stops("activation maps");
    const [kept, old] = [at("out", "seeds", "classifier", "kept"), at("out", "refined", "old.png")];
    await Deno.writeTextFile(kept, "");
    await stops("refine", "--refine.difference-bias", "0.2");
    await Deno.writeTextFile(old, "");
    assert(!names(at("out")).includes("network"));
    const flag = "--refine.difference-bias was 0.2 and is now 0.1. ";
    assertStringIncludes(await message(run(at)), flag);
    const epochs = await message(run(at, ["--seeds.classifier.epochs", "2"]));
    assertStringIncludes(epochs, "--seeds.classifier.epochs was 1 and is now 2. ");
    const text = await run(at, ["--overwrite"]);
    assertEquals(done(text), 2, "seeds and the static run were there");
    assertEquals([kept, old].map((path) => existsSync(path)), [true, false]);
    assertEquals(
      names(at("out", "masks")).filter((n) => n.endsWith(".png")),
      ids.map((i) => `${i}.png`),
    );
    assert(/^IoU, % +walk +refined +masks$/m.test(text), text);
    assertStringIncludes(text, ` masks in ${at("out", "refined")}, a network`);
    assert(/^ {2}.* so far; about .* to go$/m.test(text), text);
    assertEquals(done(await run(at)), 5);
    const lost = at("out", "masks", `${ids[0]}.png`);
    await Deno.remove(lost);
    const found = await run(at);
    assertStringIncludes(found, `${lost} is not there any more`);
    assertEquals(done(found), 4);
    const labels = at("set", "image_labels.txt");
    const right = await Deno.readTextFile(labels);
    await Deno.writeTextFile(labels, right.replace(/^(train_00000) .*/, "$1"));
    assertStringIncludes(await message(run(at)), "the labels of the list train are not those");
    await Deno.writeTextFile(labels, right);
    const photograph = at("set", "JPEGImages", `${ids[0]}.png`);
    const image = await Deno.readFile(photograph);
    await Deno.writeFile(photograph, new Uint8Array(1), { append: true });
    assertStringIncludes(await message(run(at)), "the photographs of the list train are not those");
    await Deno.writeFile(photograph, image);
    // Another network from the same masks.
    const other = ["--learn", "segmenter"];
    assertStringIncludes(await message(run(at, other)), "--learn was dynamic and is now");
    assertEquals(done(await run(at, [...other, "--overwrite"])), 3);
    assertEquals(done(await run(at, other)), 5, "--overwrite makes nothing again by itself");
    assertStringIncludes(await message(run(at, ["--seed", "2"])), "--seed was 1 and is now 2");
    assertEquals(done(await run(at, [...other, "--data", `${at("set")}/`])), 5, "another spelling");
    // Steps that were made of seeds which are others now.
    const longer = [...other, "--seeds.classifier.epochs", "2"];
    const begun = run(at, [...longer, "--overwrite"], stopping("activation maps", 1));
    await assertRejects(() => begun, DOMException, "Stopped");
    assertStringIncludes(await message(run(at, longer)), "Cannot go on with static");
  }));

Deno.test("masks: a network that has learnt the CRF advises beside it", () =>
  inFolder(async (at) => {
    const advised = ["--network-advice", "--learn", "segmenter"];
    const text = await run(at, advised);
    assertStringIncludes(text, "3 of 7: adviser");
    const note = JSON.parse(await Deno.readTextFile(at("out", "refined.json")));
    const { advice, differenceBias, backgroundBias, flagWeight } = note.options.made.at(-1);
    assertEquals([differenceBias, backgroundBias, flagWeight], [0.1, 0.1, "auto"]);
    assertEquals(advice, ["crf", at("out", "advice")]);
    const logits = await Deno.readFile(at("out", "refined", "changes", `${ids[0]}.npy`));
    assertStringIncludes(
      new TextDecoder("latin1").decode(logits.subarray(0, 128)),
      "'shape': (3, ",
    );
    assertEquals(done(await run(at, advised)), 7);
    await report.run(report.config.parse({ of: at("out"), photographs: 1 }), contextOf());
    const told = await Deno.readTextFile(at("out", "report.html"));
    const steps = ["random walk", "advice of a network", "refined", "masks of the network"];
    for (const step of [...steps, "masks-measured.json"]) assertStringIncludes(told, step);
    assert(!told.includes("What was left out"));
    const other = await message(run(at, ["--learn", "segmenter"]));
    assertStringIncludes(other, "refined in");
    assertStringIncludes(other, "--network-advice was true and is now false");
    // The static run is reviewed with what it has predicted for three masks.
    const changesOf = async (options: object) => {
      const lines: string[] = [];
      const { items } = await reviewItems({ list: "train", ...options }, contextOf({ lines }));
      return { has: await items[0].changes?.(), said: lines.join("\n") };
    };
    const own = await changesOf({ run: at("out", "static") });
    assertEquals(own.has?.channels, 3);
    assertStringIncludes(own.said, `Change logits of ${at("out", "refined", "changes")}, `);
    assertStringIncludes(own.said, `the first adviser, crf; left out: ${at("out", "advice")}`);
    const changes = at("out", "refined", "changes");
    assertEquals(await changesOf({ run: at("out", "static"), changes }), {
      has: own.has,
      said: own.said.slice(own.said.indexOf("\n") + 1),
    });
    const [knowledge, crf] = ["masks", "crf"].map((name) => at("out", "seeds", "walk", name));
    const folders = { data: at("set"), knowledge, advice: crf, changes };
    assertEquals((await changesOf(folders)).has, own.has);
    await Deno.rename(at("out", "static"), at("out", "other"));
    const unknown = await changesOf({ run: at("out", "other") });
    assertEquals(unknown.has, undefined, "refined by another run");
    assertStringIncludes(unknown.said, "say with --changes where its change logits are");
    await Deno.rename(at("out", "other"), at("out", "static"));
    const none = await message(run(at, [...advised, "--no-seeds.walk.crf"]));
    assertStringIncludes(none, "Leave one out");
  }));

Deno.test("the forecast follows from the steps that took time", () => {
  const [lines, steps]: [string[], { name: string; share: number }[]] = [[], [
    { name: "a", share: 0.1 },
    { name: "b", share: 0.2 },
    { name: "c", share: 0.6 },
    { name: "d", share: 0.1 },
  ]];
  let now = 0;
  const forecast = new Forecast(steps, (line) => lines.push(line), () => now);
  forecast.begin("a");
  forecast.end(false);
  forecast.begin("b");
  now += 60_000;
  forecast.end(true);
  assertEquals(lines.slice(1), [
    "  was done before",
    "2 of 4: b",
    "  60 s so far; about 4 minutes to go", // 210 s
  ]);
  forecast.begin("c");
  now += 540_000;
  forecast.end(true);
  assertEquals(lines.at(-1), "  10 minutes so far; about 75 s to go"); // 600 s of 0.8
  forecast.begin("d");
  forecast.end(true);
  assertEquals(lines.at(-1), "4 of 4: d");
});
