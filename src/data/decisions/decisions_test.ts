import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { decision, linesOf } from "../../../tests/decisions.ts";
import { samplePairs } from "../../../tests/sample_pairs.ts";
import { InputError } from "../../files/error.ts";
import { LineFile } from "../../files/line_file.ts";
import { readMask } from "../masks/mask.ts";
import { certainMask } from "./certain.ts";
import { certainMasks } from "./certain_masks.ts";
import { type Decision, runsOf } from "./decision.ts";
import { readDecisions } from "./read_decisions.ts";

const SIZE: [number, number] = [4, 2];
const CAT = [1, "cat"] as const;
const one = decision("a", SIZE, CAT, (u) => u < 3);
const two = decision("a", SIZE, [0, "background"], (u) => u === 2 || u === 7, { x: 3 });
const undo = { ...two, choice: "undo" as const, labels: [] };

async function inFolder(test: (at: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test((name) => join(folder, name));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runsOf: first pixel and length of each run", () => {
  assertEquals(runsOf(8, (u) => u !== 2 && u !== 7), [0, 2, 3, 4]);
  assertEquals([runsOf(3, () => false), runsOf(3, () => true)], [[], [0, 3]]);
});

Deno.test("certainMask: later decisions replace earlier ones, 255 elsewhere", () => {
  assertEquals([...certainMask([one, two], "d").data], [1, 1, 0, 255, 255, 255, 255, 0]);
  assertEquals([...certainMask([two, one], "d").data], [1, 1, 1, 255, 255, 255, 255, 0]);
  assertThrows(() => certainMask([one, { ...two, size: [2, 4] }], "d"), InputError, "2 x 4");
});

Deno.test("a file of decisions outlives a crash in its last line, and one process holds it", () =>
  inFolder(async (at) => {
    const path = at("new/decisions.jsonl");
    {
      using file = await LineFile.open(path);
      file.append(JSON.stringify(one));
      file.append(JSON.stringify(two));
      await assertRejects(() => LineFile.open(path), InputError, "another process is writing");
    }
    const whole = linesOf(one, two);
    assertEquals(await Deno.readTextFile(path), whole);
    for (const cut of [1, 40, linesOf(undo).length - 1]) {
      await Deno.writeTextFile(path, whole + linesOf(undo).slice(0, cut));
      assertEquals((await readDecisions(path)).standing, [one, two], "half a line is no decision");
      using file = await LineFile.open(path);
      assertEquals([file.mended, await Deno.readTextFile(path)], [true, whole]);
      file.append(JSON.stringify(undo));
      assertEquals(await Deno.readTextFile(path), whole + linesOf(undo));
    }
    assertEquals((await readDecisions(path)).standing, [one]);
    const within = new TextEncoder().encode(whole + '{"photograph":"ä').slice(0, -1);
    await Deno.writeFile(path, within);
    assertEquals((await readDecisions(path)).standing, [one, two], "the cut is within a letter");
  }));

Deno.test("an undo takes back the last decision of its reviewer about its region alone", () =>
  inFolder(async (at) => {
    const berta = { ...two, reviewer: "berta" };
    await Deno.writeTextFile(at("d"), linesOf(two, berta, one, undo, undo));
    assertEquals((await readDecisions(at("d"))).standing, [berta, one]);
  }));

Deno.test("damaged decisions are refused by file and line", () =>
  inFolder(async (at) => {
    const outside = { ...one, labels: [{ class: 1, name: "cat", runs: [6, 3] }] };
    const odd = { ...one, labels: [{ class: 1, name: "cat", runs: [6] }] };
    const lines: [string, string][] = [
      ["{", "it is no JSON"],
      ["[]", "line 2: it:"],
      [JSON.stringify({ ...one, choice: "maybe" }), "choice"],
      [JSON.stringify(outside), "its runs leave the photograph of 4 x 2"],
      [JSON.stringify(odd), "its runs leave"],
    ];
    for (const [line, reason] of lines) {
      await Deno.writeTextFile(at("d"), `${linesOf(one)}${line}\n${linesOf(two)}`);
      const { message } = await assertRejects(() => readDecisions(at("d")), InputError);
      assertEquals([message.includes(`${at("d")}, line 2`), message.includes(reason)], [
        true,
        true,
      ], message);
    }
  }));

Deno.test("certainMasks: one mask for each photograph with decisions; what does not fit is refused", () =>
  inFolder(async (at) => {
    const [{ id, image }, other] = await samplePairs(at("."), 2);
    const set = {
      root: at("."),
      items: [{ id, image, mask: "" }, { ...other, mask: "" }],
      classes: ["background", "cat"],
    };
    const size: [number, number] = [24, 16];
    const write = (...lines: Decision[]) => Deno.writeTextFile(at("d"), linesOf(...lines));
    const made = (log: string[] = []) =>
      certainMasks(set, { decisions: at("d"), folder: at("out") }, (line) => log.push(line));
    const skip = {
      ...decision(other.id, size, CAT, () => true),
      choice: "skip" as const,
      labels: [],
    };
    await write(
      decision(id, size, CAT, (u) => u < 30),
      skip,
      decision("gone", size, CAT, () => true),
    );
    const log: string[] = [];
    const masks = await made(log);
    assertEquals([...masks.keys()], [id]);
    const { data } = await readMask(masks.get(id)!);
    assertEquals(data.filter((c) => c === 1).length, 30);
    assertEquals(data.indexOf(255), 30);
    assertEquals(
      log.some((line) => line.startsWith("Left out: decisions about 1 photograph")),
      true,
    );
    assertEquals(log.at(-1), `Certain by ${at("d")}: 30 pixels of 1 photograph`);
    await write(decision(id, [16, 24], CAT, () => true));
    await assertRejects(() => made(), InputError, "16 x 24");
    await write(decision(id, size, [1, "dog"], () => true));
    await assertRejects(() => made(), InputError, "class 1 is dog there");
    assertEquals([...await certainMasks(set, { folder: at("out") }, () => {})], []);
  }));

Deno.test("certainMasks: true masks of some photographs, which decisions go before", () =>
  inFolder(async (at) => {
    const [{ id, image, knowledge }, other] = await samplePairs(at("."), 2);
    const classes = ["background", "cat", "dog"];
    const items = [{ id, image, mask: "" }, { ...other, mask: "" }];
    const made = async (places: { certain?: string; decisions?: string }) => {
      const log: string[] = [];
      const set = { root: at("."), items, classes };
      const masks = await certainMasks(set, { ...places, folder: at("out") }, (l) => log.push(l));
      return { masks, log };
    };
    await Deno.mkdir(at("drawn"));
    await assertRejects(() => made({ certain: "drawn" }), InputError, `would be ${id}.png`);
    await Deno.copyFile(knowledge, at(`drawn/${id}.png`));
    const { masks, log } = await made({ certain: "drawn" });
    assertEquals([...masks], [[id, at(`drawn/${id}.png`)]]);
    assertEquals(log, [`Certain by ${at("drawn")}: the masks of 1 of 2 photographs`]);
    const lines = [
      decision(id, [24, 16], [2, "dog"], (u) => u < 30),
      decision(other.id, [24, 16], CAT, (u) => u < 5),
    ];
    await Deno.writeTextFile(at("d"), linesOf(...lines));
    const both = await made({ certain: "drawn", decisions: at("d") });
    const drawn = (await readMask(knowledge)).data;
    const [first, second] = [both.masks.get(id)!, both.masks.get(other.id)!];
    assertEquals([...(await readMask(first)).data], [...drawn].map((c, u) => u < 30 ? 2 : c));
    assertEquals((await readMask(second)).data.findIndex((c) => c !== 1), 5);
    assertEquals(both.log.at(-1), `Certain by ${at("d")}: 35 pixels of 2 photographs`);
    // Without the true masks other masks are made of the same decisions.
    const alone = (await made({ decisions: at("d") })).masks.get(id)!;
    assertEquals((await readMask(alone)).data.indexOf(255), 30);
    await Deno.copyFile(other.image, at(`drawn/${other.id}.png`));
    await assertRejects(() => made({ certain: "drawn" }), InputError, `drawn/${other.id}.png`);
  }));
