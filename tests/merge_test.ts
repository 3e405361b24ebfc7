// Lists that several processes share: each does a part, in any order and more than once, and merge joins
// what they say.
import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { crf } from "../src/commands/crf.ts";
import { evaluateCommand } from "../src/commands/evaluate.ts";
import { merge } from "../src/commands/merge.ts";
import type { Command } from "../src/options/command.ts";
import { objectSchema } from "../src/options/schema.ts";
import { type At, bytes, contextOf, ids, inFolder, message } from "./training.ts";

async function run(command: Command, options: object): Promise<string[]> {
  const lines: string[] = [];
  await command.run(objectSchema(command.config).parse(options), contextOf({ lines }));
  return lines;
}

const joined = (at: At) => run(merge, { folder: at("out") });

Deno.test("parts of crf and evaluate, merged, are what one process gives", () =>
  inFolder(async (at) => {
    const refine = (out: string, shard: string) =>
      run(crf, {
        ...{ images: at("set", "JPEGImages"), masks: at("set", "SegmentationClass") },
        ...{ out: at(out), crfIterations: 2, compare: true, shard },
      });
    const measure = (predictions: string, shard: string) =>
      run(evaluateCommand, {
        ...{ predictions: at(predictions), data: at("set"), list: "train", resamples: 50, shard },
      });
    const table = (lines: readonly string[]) =>
      lines.slice(lines.findIndex((line) => line.startsWith("class ")));
    const whole = await refine("whole", "1/1");
    const figures = await measure("whole", "1/1");

    assertStringIncludes(await message(joined(at)), "it has no parts");
    for (const part of ["3/3", "1/3"]) await refine("out", part);
    assertEquals(
      await message(joined(at)),
      `Cannot merge ${at("out")}: of 3 parts of crf, 2/3 is missing. Run it again with --shard.`,
    );
    for (const part of ["2/3", "1/3"]) await refine("out", part); // one of them a second time
    await refine("out", "4/5"); // a list that was divided otherwise
    const changes = await joined(at);
    assertEquals(changes[0], "crf: all 3 parts of 8 photographs are done");
    assertEquals(table(changes), table(whole));
    for (const id of ids) {
      assertEquals(await bytes(at("out", `${id}.png`)), await bytes(at("whole", `${id}.png`)));
    }

    for (const part of ["2/3", "3/3", "1/3"]) await measure("out", part);
    const lines = await joined(at);
    const own = (line: string) => line.replaceAll(at("out"), at("whole"));
    assertEquals(lines.slice(lines.findIndex((line) => line.startsWith("%"))).map(own), figures);
    const report = (folder: string) => Deno.readTextFileSync(at(folder, "evaluation.json"));
    assertEquals(own(report("out")), report("whole"));

    // Divided otherwise, of other masks: these figures count, though an old part is done again.
    for (const { name } of Deno.readDirSync(at("out", "parts"))) {
      await Deno.utime(at("out", "parts", name), 1, 1);
    }
    await Deno.copyFile(
      at("set", "SegmentationClass", `${ids[0]}.png`),
      at("out", `${ids[0]}.png`),
    );
    for (const part of ["1/2", "2/2", "1/3"]) await measure("out", part);
    await joined(at);
    const later = report("out");
    await measure("out", "1/1");
    assertEquals(later, report("out"));
    assertNotEquals(own(later), report("whole"));
    await Deno.remove(at("out", `${ids[4]}.png`));
    assertStringIncludes(
      await message(joined(at)),
      `${ids[4]}.png is not there any more. Run part 2/3 of crf again.`,
    );
  }));

Deno.test("parts that do not belong together are refused", () =>
  inFolder(async (at) => {
    const measure = (options: object) =>
      run(evaluateCommand, {
        ...{ predictions: at("set", "SegmentationClass"), data: at("set"), resamples: 0 },
        ...options,
      });
    const join = () => run(merge, { folder: at("set", "SegmentationClass") });
    await measure({ list: "train", shard: "1/2" });
    await measure({ list: "train", shard: "2/2", predictedVoid: "background" });
    assertStringIncludes(
      await message(join()),
      'predictedVoid of part 1 is "error", and of part 2 "background". Run all parts again',
    );
    await Deno.writeTextFile(at("set", "few.txt"), `${ids[0]}\n${ids[1]}\n${ids[2]}\n`);
    await measure({ list: at("set", "few.txt"), shard: "2/2" });
    assertStringIncludes(await message(join()), "2 parts of evaluate are of different lists");
    const same = at("set", "same.txt"); // as long as the other, of which a part is there
    await Deno.writeTextFile(same, [...ids].reverse().join("\n"));
    await measure({ list: "train", shard: "1/2" });
    await measure({ list: same, shard: "2/2" });
    assertStringIncludes(await message(join()), "2 parts of evaluate are of different lists");
    const path = at("set", "SegmentationClass", "parts", "evaluate-1-of-2.json");
    await Deno.writeTextFile(path, "{}");
    assertStringIncludes(await message(join()), `${path}: it says of no part. Delete it`);
    await assertRejects(() => measure({ list: "train", shard: "3/2" }));
  }));
