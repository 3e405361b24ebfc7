// True masks of some photographs, through the commands themselves.
import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { readMask, writeMask } from "../src/data/masks/mask.ts";
import { refine } from "../src/commands/refine.ts";
import { trainSegmenter } from "../src/commands/train_segmenter.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { checksum } from "../src/files/checksum.ts";
import { certainMasks } from "../src/data/decisions/certain_masks.ts";
import { openVoc } from "../src/data/sets/voc.ts";
import { type At, bytes, contextOf, ids, inFolder, message } from "./training.ts";

const small = {
  ...{ imageSize: 16, width: 2, depth: 1, batch: 4, epochs: 1, learningRate: 1e-2 },
  ...{ logEvery: 9, saveEvery: 9, overwrite: true },
};

/** A folder with a mask of the first photograph alone: one class, and a row that is not certain. */
async function drawn(at: At): Promise<void> {
  const [id] = ids;
  const { width, height } = await readMask(at("set", "SegmentationClass", `${id}.png`));
  const data = new Uint8Array(width * height).fill(2).fill(255, 0, width);
  await Deno.mkdir(at("drawn"));
  await writeMask(at("drawn", `${id}.png`), { width, height, data });
}

Deno.test("train segmenter learns true masks of some, beside masks and beside labels alone", () =>
  inFolder(async (at) => {
    await drawn(at);
    const learnt = async (options: object) => {
      const given = { ...small, data: at("set"), out: at("run"), ...options };
      await trainSegmenter.run(trainSegmenter.config.parse(given), contextOf());
      return await checksum(await bytes(at("run"), "checkpoints", "step-00000002.safetensors"));
    };
    for (const kind of [{ masks: "SegmentationClass" }, { loss: "mil" }]) {
      assertNotEquals(await learnt({ ...kind, certain: at("drawn") }), await learnt(kind));
    }
  }));

Deno.test("a share of the true masks: as many, those of a smaller share first, whatever the list", () =>
  inFolder(async (at) => {
    const voc = await openVoc(at("set"), { list: "train" });
    const lines: string[] = [];
    const taken = async (share: number | undefined, items = voc.items) => {
      const places = { certain: "SegmentationClass", certainShare: share, folder: at("out") };
      const masks = await certainMasks({ ...voc, items }, places, (line) => lines.push(line));
      return [...masks.keys()].sort();
    };
    assertEquals(await taken(undefined), ids);
    assertEquals(await taken(1), ids);
    assertEquals(await taken(0), []);
    assertEquals((await taken(0.01)).length, 1, "one at least");
    const [quarter, half] = [await taken(0.25), await taken(0.5)];
    assertEquals([quarter.length, half.length], [2, 4]);
    assertEquals(quarter.filter((id) => half.includes(id)), quarter);
    assertNotEquals(half, ids.slice(0, 4), "drawn, not the first");
    assertEquals(await taken(0.5, [...voc.items].reverse()), half);
    assertEquals(lines.at(-1)?.endsWith("the masks of 4 of 8 photographs"), true, lines.at(-1));
    assertEquals(lines.some((line) => line.endsWith("the masks of 0 of 8 photographs")), true);
    // Of those that have a mask, where some have none.
    await Deno.rename(at("set", "SegmentationClass", `${half[0]}.png`), at("away.png"));
    const others = await taken(0.5);
    assertEquals([others.length, others.includes(half[0])], [4, false]);
    assertEquals(half.slice(1).every((id) => others.includes(id)), true);
  }));

Deno.test("without masks the photographs that are certain are learnt alone", () =>
  inFolder(async (at) => {
    await drawn(at);
    const learnt = async (options: object, lines: string[] = []) => {
      const given = { ...small, data: at("set"), out: at("run"), ...options };
      await trainSegmenter.run(trainSegmenter.config.parse(given), contextOf({ lines }));
      return await checksum(await bytes(at("run"), "checkpoints", "step-00000001.safetensors"));
    };
    await Deno.writeTextFile(at("one.txt"), `${ids[0]}\n`);
    const lines: string[] = [];
    assertEquals(
      await learnt({ certain: at("drawn") }, lines),
      await learnt({ masks: at("drawn"), list: at("one.txt") }),
    );
    assertEquals(lines.includes("Learns what is certain alone: 1 photograph"), true, lines.join());
    const none = { certain: at("drawn"), certainShare: 0 };
    assertEquals(
      (await message(learnt(none))).startsWith("Cannot train: nothing is certain"),
      true,
    );
    assertEquals((await message(learnt({}))).endsWith("or --certain alone."), true);
  }));

Deno.test("refined masks follow true masks of some photographs, and only there", () =>
  inFolder(async (at) => {
    await drawn(at);
    const data = { data: at("set"), scores: "cam", certain: at("drawn") };
    const options = { ...small, ...data, predictorWidth: 4, crfIterations: 2, out: at("run") };
    await trainStatic.run(trainStatic.config.parse(options), contextOf());
    const refined = async (out: string, given: object = {}) => {
      const options = { run: at("run"), out: at(out), ...given };
      await refine.run(refine.config.parse(options), contextOf());
      return await Promise.all(ids.map((id) => readMask(at(out, `${id}.png`))));
    };
    const [first, ...others] = await refined("refined");
    const { width } = first;
    assertEquals([...new Set(first.data.subarray(width))], [2], "the true mask");
    const uncertain = first.data.subarray(0, width);
    assertNotEquals([...new Set(uncertain)], [255], "and elsewhere one of the two");
    const [without] = await refined("without", { certain: at("drawn"), certainShare: 0 });
    assertNotEquals([...new Set(without.data.subarray(width))], [2], "a share of none");
    await Deno.writeTextFile(at("drawn", "note.txt"), "");
    await writeMask(at("drawn", `${ids[1]}.png`), { ...first, data: first.data.fill(1) });
    const [, second] = await refined("again", { certain: at("drawn") });
    assertEquals([...new Set(second.data)], [1]);
    assertNotEquals(others[0], second);
    const [none] = await refined("none", { certainShare: 0 }); // of the run's
    assertEquals(none, without);
    const there = await message(refined("drawn"));
    assertStringIncludes(there, `Cannot write to ${at("drawn")}: files that are read are there`);
    const wrong = { ...small, ...data, certain: undefined, certainShare: 0.5, out: at("other") };
    const alone = trainStatic.run(trainStatic.config.parse(wrong), contextOf());
    assertStringIncludes(await message(alone), "Cannot use --certain-share 0.5 without --certain");
  }));
