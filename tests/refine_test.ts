// What refine and ladder do with their options, on biases that outweigh any prediction.
import {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { ladder } from "../src/commands/ladder.ts";
import { report } from "../src/commands/report/report.ts";
import { reviewItems } from "../src/commands/review_items.ts";
import { refine } from "../src/commands/refine.ts";
import { type Mask, readMask, writeMask } from "../src/data/masks/mask.ts";
import { accumulate, confusion } from "../src/eval/confusion.ts";
import { scores } from "../src/eval/scores.ts";
import { decision, linesOf } from "./decisions.ts";
import { join } from "@std/path";
import { within } from "./files.ts";
import { CRF } from "../src/scpp/pair_options.ts";
import { givenMasks, refined, train } from "./static_runs.ts";
import {
  type At,
  contextOf,
  HEIGHT,
  ids,
  inFolder,
  message,
  metrics,
  names as namesIn,
  WIDTH,
} from "./training.ts";

const tiny = { imageSize: 16, width: 2, predictorWidth: 4, epochs: 1 };

/** The masks of a run, or those that were refined. */
async function masksOf(at: At, ...folder: string[]): Promise<Mask[]> {
  return await Promise.all(ids.map((id) => readMask(at(...folder, `${id}.png`))));
}

async function pairsOf(at: At) {
  const [masks] = namesIn(at("run")).filter((name) => name.startsWith("masks-"));
  const [K, A] = await Promise.all(
    ["knowledge", "advice"].map((which) => masksOf(at, "run", masks, which)),
  );
  return K.map((knowledge, i) => ({ knowledge, advice: A[i] }));
}

/** The mask whose pixels follow from those of both. */
function chosen(
  { knowledge, advice }: { knowledge: Mask; advice: Mask },
  choice: (k: number, a: number) => number,
): Mask {
  return { ...knowledge, data: knowledge.data.map((k, u) => choice(k, advice.data[u])) };
}

/** Whichever says a class, the advice where both do: what flags of all classes lead to. */
const foreground = (k: number, a: number) => a === 0 ? k : a;

Deno.test("refine chooses by its biases, its flags and the threshold of collapse", () =>
  inFolder(async (at) => {
    await train(at, { ...tiny, collapseThreshold: 1e9 });
    const pairs = await pairsOf(at);
    const expect = async (options: object, choice: (k: number, a: number) => number) => {
      await refined(at, { backgroundBias: 0, ...options });
      const wanted = pairs.map((pair) => chosen(pair, choice));
      assertEquals(await masksOf(at, "refined"), wanted, JSON.stringify(options));
    };
    await expect({ differenceBias: 2, flagWeight: 0 }, (_, a) => a);
    await expect({ differenceBias: -2, flagWeight: 0 }, (k) => k);
    // What remains differs between two classes, and takes the advice as well.
    const both = { differenceBias: 2, backgroundBias: 9, flagWeight: 0 };
    await expect(both, (k, a) => k === 0 ? 0 : a);
    // All classes are flagged, as the run says; none where refine says so.
    await expect({ differenceBias: 2, flagWeight: 9 }, foreground);
    await expect({ differenceBias: 2, flagWeight: 9, collapseThreshold: 0 }, (_, a) => a);
    // All classes that the knowledge has are flagged, or none: more than a third, or not.
    const made = async (options: object) => {
      await refined(at, options);
      return await masksOf(at, "refined");
    };
    const [one, zero] = [await made({ flagWeight: 1 }), await made({ flagWeight: 0 })];
    assertNotEquals(one, zero);
    assertEquals(await made({ flagWeight: "auto" }), one);
    const never = { collapseThreshold: 0 };
    assertEquals(await made({ ...never, flagWeight: "auto" }), zero);
    // The published biases, and the threshold of the run.
    const defaults = refine.config.parse({ run: "run", out: "refined" });
    const { differenceBias, backgroundBias, flagWeight, collapseThreshold } = defaults;
    assertEquals([differenceBias, backgroundBias, flagWeight], [0.1, 0.1, 1]);
    assertEquals(collapseThreshold, undefined);
  }));

Deno.test("refine takes several advisers, trained with them or not, and ladder measures them", () =>
  inFolder(async (at) => {
    await givenMasks(at);
    const advice = [CRF, at("given")];
    await train(at, tiny);
    const [pairs, given] = [await pairsOf(at), await masksOf(at, "given")];
    const any = pairs.map(({ knowledge, advice }, i) => ({
      ...knowledge,
      data: knowledge.data.map((k, u) => Number([k, advice.data[u], given[i].data[u]].includes(0))),
    }));
    // A background that anybody sees outweighs all predictions.
    const bold = { differenceBias: 2, backgroundBias: 9, flagWeight: 0 };
    await refined(at, { ...bold, advice });
    const zeros = (masks: readonly Mask[]) =>
      masks.map((mask) => ({ ...mask, data: mask.data.map((c) => Number(c === 0)) }));
    assertEquals(zeros(await masksOf(at, "refined")), any);
    assertEquals(namesIn(at("run")).includes("changes"), false, "other masks than the run's");
    const rows = async (options: object) => {
      await ladder.run(ladder.config.parse({ run: at("run"), ...options }), contextOf());
      const { rows } = JSON.parse(await Deno.readTextFile(at("run", "ladder.json")));
      return new Map<string, number>(
        rows.map(({ name, meanIou }: { name: string; meanIou: number }) => [name, meanIou]),
      );
    };
    const measured = await rows({ changes: at("refined", "changes") });
    assertEquals(measured.get(`advice ${at("given")}`), 1, "the truth, as an adviser");
    assertEquals(measured.get("oracle choice"), 1);
    // Where every class is deleted everywhere, all flags count; where none is, none does.
    for (const [collapseThreshold, flagWeight, classes] of [[1e9, 1, true], [0, 0, false]]) {
      const made: Mask[][] = [];
      for (const weight of ["auto", flagWeight]) {
        const out = at(`${collapseThreshold} ${weight}`);
        await refined(at, { advice, collapseThreshold, flagWeight: weight, out });
        made.push(await Promise.all(ids.map((id) => readMask(join(out, `${id}.png`)))));
      }
      assertEquals(made[0], made[1]);
      const changes = at(`${collapseThreshold} auto`, "changes");
      const note = JSON.parse(await Deno.readTextFile(join(changes, "refined.json")));
      assertEquals([note.flagWeight, note.protects.length], [1, 2]);
      assertEquals(note.protects.flat().length > 0, classes);
      assertEquals((await rows({ changes })).has("as refined, exchanged"), true);
    }
    const refusal = async (options: object) => await message(refined(at, options));
    const twice = { advice: [at("given"), `${at("given")}/`] };
    assertStringIncludes(await refusal(twice), "twice: it would say the same");
    const [masks] = namesIn(at("run")).filter((name) => name.startsWith("masks-"));
    const own = [CRF, at("run", masks, "knowledge")];
    assertStringIncludes(await refusal({ advice: own }), "these are the masks to be refined");
    assertStringIncludes(await refusal({ predictor: "other" }), "the run has its own");
    const onScores = await refusal({ changes: at("set", "cam") });
    assertStringIncludes(onScores, `Cannot write to ${at("set", "cam")}`);
    // The masks of another list of classes.
    await Deno.mkdir(at("others"));
    for (const [i, { data, ...size }] of given.entries()) {
      const other = { ...size, data: data.map((c) => c === 0 ? 0 : 3 - c) };
      await writeMask(at("others", `${ids[i]}.png`), other);
    }
    const lines: string[] = [];
    const options = { run: at("run"), out: at("refined"), advice: [at("others")] };
    await refine.run(refine.config.parse(options), contextOf({ lines }));
    const said = lines.find((line) => line.startsWith("Classes that the image labels do not have"));
    assertStringIncludes(said!, ` of 8 masks of ${at("others")}, such as `);
    // The same advisers, known to the training.
    await train(at, { ...tiny, advice, overwrite: true });
    await refined(at, { ...bold, out: at("again") });
    assertEquals(zeros(await masksOf(at, "again")), any);
    assertEquals([...(await rows({})).keys()], [...measured.keys()]);
    // Changes of other knowledge are reviewed and measured with that.
    await refined(at, { knowledge: at("given"), advice: [at("others")], out: at("known") });
    const context = contextOf();
    const wanted = { run: at("run"), changes: at("known", "changes"), list: "train" };
    const { items: [reviewed] } = await reviewItems(wanted, context);
    assertEquals(await readMask(reviewed.knowledge), given[0]);
    assertEquals((await rows({ changes: wanted.changes })).get("knowledge"), 1);
    // One adviser was a word once.
    const saved = at("run", "config.json");
    const { advice: _, ...before } = JSON.parse(await Deno.readTextFile(saved));
    await Deno.writeTextFile(saved, JSON.stringify({ ...before, advice: at("given") }));
    await refined(at, { ...bold, differenceBias: 9, backgroundBias: 0 });
    assertEquals(await masksOf(at, "refined"), given);
  }));

Deno.test("relative paths of a run lead on from where it was started, or to where they are said to be", () =>
  inFolder(async (at) => {
    await Deno.mkdir(at("elsewhere"));
    await within(at(), () => train(at, { ...tiny, data: "set", out: "run" }));
    await within(at(), () => refined(at, { data: "set" })); // as the run says: its own masks
    assertEquals(namesIn(at("run")).includes("changes"), true);
    const before = namesIn(at("run"));
    const list = "train";
    const lines: string[] = [];
    const reviewed = (data?: string) =>
      reviewItems({ run: at("run"), data, list }, {
        ...contextOf(),
        log: (line) => lines.push(line),
      });
    await within(at("elsewhere"), async () => {
      await refined(at);
      const here = refined(at, { data: "set" });
      assertStringIncludes(
        await message(here),
        "Cannot open the set set",
        "which is not the run's",
      );
      assertEquals((await reviewed("other")).items.length, ids.length);
      assertStringIncludes(lines.join("\n"), "because the run has its own in ");
      await report.run(report.config.parse({ of: at("run") }), contextOf());
    });
    const page = await Deno.readTextFile(at("run", "report.html"));
    assertStringIncludes(page, `${ids.length} photographs of ${ids.length}`);
    assertEquals(namesIn(at("run")), [...before, "report.html"].sort(), "nothing was made again");
    await Deno.rename(at("set"), at("moved"));
    await within(at("elsewhere"), async () => {
      assertStringIncludes(await message(reviewed()), "set");
      assertEquals((await reviewed("../moved")).items.length, ids.length);
    });
    assertEquals(namesIn(at("run")), [...before, "report.html"].sort(), "nor then");
  }));

Deno.test("biases by the set: the change loss in bits is the bias for the advice", () =>
  inFolder(async (at) => {
    await train(at, tiny);
    const lines: string[] = [];
    const auto = { biases: "auto", run: at("run"), out: at("auto") };
    await refine.run(refine.config.parse(auto), contextOf({ lines }));
    const [, loss, bias] = /^Change loss: (.*) bits, so --difference-bias (.*)$/.exec(lines[0])!;
    assertAlmostEquals(Math.min(1, Number(loss)), Number(bias), 0.0051);
    await refined(at, { differenceBias: Number(bias) });
    const [found, wanted] = [await masksOf(at, "auto"), await masksOf(at, "refined")];
    // The logits have passed through half precision in one of the two.
    const other = found.flatMap(({ data }, i) =>
      [...data].filter((c, u) => c !== wanted[i].data[u])
    );
    assertEquals(other.length < 0.01 * 8 * WIDTH * HEIGHT, true, `${other.length} pixels differ`);
    await ladder.run(ladder.config.parse({ run: at("run") }), contextOf());
    const { rows } = JSON.parse(await Deno.readTextFile(at("run", "ladder.json")));
    assertEquals(rows[3].name, "as refined");
    const refusal = async (options: object) => await message(refined(at, options));
    assertStringIncludes(await refusal({ biases: "auto", differenceBias: 0.2 }), "Leave one out");
    assertStringIncludes(await refusal({ biases: "auto", shard: "1/2" }), "Give --difference-bias");
    assertStringIncludes(await refusal({ flagWeight: "auto", shard: "1/2" }), "Give 0 or 1");
  }));

Deno.test("every further round refines the refined masks, with their own CRF", () =>
  inFolder(async (at) => {
    await train(at, tiny);
    for (const [differenceBias, iterations] of [[2, 3], [0, 2]]) {
      const options = { differenceBias, flagWeight: 0 };
      await refined(at, { ...options, out: at("rounds"), iterations });
      let knowledge: string | undefined;
      for (let round = 1; round <= iterations; round++) {
        const out = at(`${differenceBias}-${round}`);
        await refined(at, { ...options, out, knowledge });
        knowledge = out;
      }
      assertEquals(
        await masksOf(at, "rounds"),
        await masksOf(at, `${differenceBias}-${iterations}`),
      );
      assertNotEquals(await masksOf(at, "rounds"), await masksOf(at, `${differenceBias}-1`));
    }
    await refined(at, { differenceBias: -2, flagWeight: 0, iterations: 2 });
    assertEquals(
      await masksOf(at, "refined"),
      (await pairsOf(at)).map(({ knowledge }) => knowledge),
      "a knowledge that refuses all advice stays",
    );
  }));

Deno.test("ladder measures the masks of the run, with the flags of the run", () =>
  inFolder(async (at) => {
    await train(at, { ...tiny, collapseThreshold: 1e9 });
    await refined(at);
    const names = (await Deno.readTextFile(at("set", "classes.txt"))).trim().split("\n");
    await ladder.run(ladder.config.parse({ run: at("run"), over: [names.at(-1)!] }), contextOf());
    const found = JSON.parse(await Deno.readTextFile(at("run", "ladder.json")));
    const pairs = await pairsOf(at);
    const truth = await masksOf(at, "set", "SegmentationClass");
    const figures = (masks: readonly Mask[]) => {
      const total = confusion(3);
      masks.forEach((mask, i) => accumulate(total, truth[i], mask, ids[i]));
      return scores(total);
    };
    const rows: Record<string, readonly Mask[]> = {
      "knowledge": pairs.map(({ knowledge }) => knowledge),
      "advice (CRF)": pairs.map(({ advice }) => advice),
      "refined 0.1/0.1": await masksOf(at, "refined"),
      "flags alone 0.1/0.1": pairs.map((pair) => chosen(pair, foreground)),
      "oracle choice": pairs.map((pair, i) => ({
        ...pair.knowledge,
        data: pair.knowledge.data.map((k, u) =>
          pair.advice.data[u] === truth[i].data[u] ? truth[i].data[u] : k
        ),
      })),
    };
    for (const [name, masks] of Object.entries(rows)) {
      const row = found.rows.find((row: { name: string }) => row.name === name);
      const wanted = figures(masks);
      assertAlmostEquals(row.meanIou, wanted.meanIouPresent, 1e-12, name);
      assertAlmostEquals(row.meanIouOver, wanted.classes[2].iou, 1e-12, name);
      assertAlmostEquals(row.pixelAccuracy, wanted.pixelAccuracy, 1e-12, name);
    }
    assertEquals(found.images, 8);
  }));

Deno.test("refine follows decisions, those of the run by default; training learns from them", () =>
  inFolder(async (at) => {
    const size: [number, number] = [WIDTH, HEIGHT];
    const names = (await Deno.readTextFile(at("set", "classes.txt"))).trim().split("\n");
    const name = names.at(-1)!; // class 2
    const write = (file: string, id: string) =>
      Deno.writeTextFile(at(file), linesOf(decision(id, size, [2, name], (u) => u % 3 === 0)));
    await write("first", ids[0]);
    await write("second", ids[1]);
    await train(at, { ...tiny, decisions: at("first") });
    const { segmentation } = metrics(at("run")).at(-1)!;
    const plain = async () => {
      await train(at, { ...tiny, overwrite: true });
      await refined(at);
      return await masksOf(at, "refined");
    };
    const decided = async (options: object = {}) => {
      await refined(at, options);
      return await masksOf(at, "refined");
    };
    const own = await decided();
    const other = await decided({ decisions: at("second") });
    const is2 = (mask: Mask) => mask.data.every((c, u) => u % 3 || c === 2);
    assertEquals(own.map(is2), ids.map((_, i) => i === 0));
    assertEquals(other.map(is2), ids.map((_, i) => i === 1));
    const without = await plain();
    assertEquals(without.map(is2), ids.map(() => false));
    assertNotEquals(metrics(at("run")).at(-1)!.segmentation, segmentation, "the loss knows them");
  }));
