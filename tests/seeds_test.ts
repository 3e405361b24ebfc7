// The four steps from image labels to seed masks in one go.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readOptions } from "../src/options/flags.ts";
import { seeds } from "../src/commands/seeds.ts";
import { type At, bytes, contextOf, ids, inFolder, message, names } from "./training.ts";

const flags = [
  ...["--width", "4", "--depth", "1", "--crf-iterations", "2"],
  ...["--classifier.epochs", "2", "--classifier.image-size", "32", "--classifier.batch", "4"],
  ...[
    "--cam.scales",
    "1",
    "--cam.map-stride",
    "2",
    "--affinity.epochs",
    "2",
    "--walk.log-steps",
    "3",
  ],
  ...["--affinity.image-size", "32", "--affinity.most-channels", "8", "--affinity.radius", "3"],
];

async function run(at: At, more: readonly string[] = []) {
  const lines: string[] = [];
  const done: Record<string, number> = {};
  const update = (label: string) => done[label] = (done[label] ?? 0) + 1;
  const args = ["--data", at("set"), "--out", at("out"), ...flags, ...more];
  await seeds.run(readOptions(seeds, args, "henka").config, contextOf({ lines, update }));
  return { text: lines.join("\n"), done };
}

Deno.test("seeds: labels become masks, finished steps are skipped, the truth is only compared", () =>
  inFolder(async (at) => {
    const { text, done } = await run(at);
    assertEquals(names(at("out", "walk", "crf")), ids.map((id) => `${id}.png`));
    assert(done.labels === 8 && done.walk === 8, JSON.stringify(done));
    const weights =
      JSON.parse(await Deno.readTextFile(at("out", "affinity", "config.json"))).weights;
    assertStringIncludes(weights, at("out", "classifier", "checkpoints"));
    assert(/^IoU, % +CAM +walk +CRF$/m.test(text), text);
    assert(/^mean of present( +\d+\.\d){3}$/m.test(text), text);
    const before = await bytes(at("out", "walk", `${ids[0]}.npy`));
    await Deno.remove(at("set", "SegmentationClass"), { recursive: true });
    await Deno.remove(at("out", "walk", "crf", `${ids[3]}.png`));
    const again = await run(at);
    assertEquals(again.done.walk, 1, "only what is missing");
    assertEquals([again.done.labels, again.done.train], [undefined, undefined]);
    assertEquals(await bytes(at("out", "walk", `${ids[0]}.npy`)), before);
    assert(!again.text.includes("IoU"), "without a truth nothing is compared");
    const other = ["--seed", "2"];
    assertStringIncludes(await message(run(at, other)), "--seed was 1 and is now 2");
    const fresh = await run(at, [...other, "--overwrite"]);
    assertEquals([fresh.done.labels, fresh.done.walk], [8, 8]);
    assert(`${await bytes(at("out", "walk", `${ids[0]}.npy`))}` !== `${before}`);
    await Deno.remove(at("out", "classifier", "config.json"));
    const refused = () => message(run(at, ["--overwrite", "--weights", at("none")]));
    assertStringIncludes(await refused(), `Cannot read ${at("none")}`);
    assertEquals(names(at("out", "walk", "crf")).length, 8, "only a run of its own is replaced");
    await Deno.writeTextFile(at("out", "classifier", "config.json"), "{}");
    await refused();
    assertEquals(names(at("out")), ["seeds.json"]);
  }));
