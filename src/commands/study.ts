import { join } from "@std/path";
import * as z from "zod";
import { writeAtomic } from "../files/atomic.ts";
import { once } from "../files/once.ts";
import { type Command, command } from "../options/command.ts";
import { ladder } from "./ladder.ts";
import type { Ladder } from "../scpp/ladder.ts";
import { refine } from "./refine.ts";
import { trainStatic } from "./train_static.ts";

const shared = trainStatic.config.omit({
  out: true,
  cache: true,
  seed: true,
  backgroundPower: true,
  resume: true,
  overwrite: true,
  knowledge: true,
  advice: true,
});

const config = shared.extend({
  out: z.string().describe("Folder for all runs and the table"),
  backgroundPowers: z.array(z.number().positive()).default([2, 4])
    .describe("Background scores (1 - highest class score)^power to compare"),
  seeds: z.array(z.int()).default([1, 2]).describe("Seeds of each"),
  over: z.array(z.string()).default([])
    .describe("Classes to average over; all that are present by default"),
  mirror: z.boolean().default(false).describe("Average the predictions with the mirror image's"),
});

/** Trains, refines and measures once for each background score and seed; one table of all. */
export const study: Command<typeof config> = command({
  name: "study",
  summary: "Static refinement for several background scores and seeds, as one table",
  example: "study --data DIR --scores cam --network mobilenet-v2 --weights W --out runs/study",
  config,
  async run(options, context) {
    const { out, backgroundPowers, seeds, over, mirror, ...common } = options;
    const cells: Cell[] = [];
    for (const power of backgroundPowers) {
      for (const seed of seeds) {
        const run = join(out, `power-${power}-seed-${seed}`);
        const own = { backgroundPower: power, seed, out: run, cache: join(out, "cache") };
        const training = trainStatic.config.parse({ ...common, ...own, resume: true });
        // A run that was made with other options is refused by the training itself.
        const measured = await once(`${run}.json`, { training, mirror, over }, async () => {
          context.log(`Background (1 - max)^${power}, seed ${seed}`);
          await trainStatic.run(training, context);
          const refining = { run, out: join(run, "refined"), mirror };
          await refine.run(refine.config.parse(refining), context);
          await ladder.run(ladder.config.parse({ run, over }), context);
          return JSON.parse(await Deno.readTextFile(join(run, "ladder.json"))) as Ladder;
        });
        cells.push({ power, seed, ladder: measured });
      }
    }
    const table = studyTable(cells, over);
    await writeAtomic(join(out, "table.md"), table);
    context.log(table);
  },
});

interface Cell {
  readonly power: number;
  readonly seed: number;
  readonly ladder: Ladder;
}

/** The table in Markdown: a row for each kind of mask, a column for each run; mean IoU in per cent. */
function studyTable(cells: readonly Cell[], over: readonly string[]): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  const line = (parts: readonly string[]) => `| ${parts.join(" | ")} |`;
  const head = cells.map(({ power, seed }) => `(1 - max)^${power}, seed ${seed}`);
  const facts = [
    ["knowledge and advice differ, % of pixels", ({ differing }: Ladder) => percent(differing)],
    ["method right where one is, %", ({ choice }: Ladder) => percent(choice.method)],
    ["advice right where one is, %", ({ choice }: Ladder) => percent(choice.advice)],
    ["gap to the oracle closed, %", ({ gapClosed }: Ladder) => percent(gapClosed)],
  ] as const;
  const classes = over.length > 0 ? over.join(", ") : "the classes present";
  return [
    `Mean IoU in %, over ${classes}.`,
    "",
    line(["masks", ...head]),
    line(["---", ...head.map(() => "---:")]),
    ...cells[0].ladder.rows.map(({ name }, i) =>
      line([name, ...cells.map(({ ladder }) => percent(ladder.rows[i].meanIouOver))])
    ),
    ...facts.map(([name, of]) => line([name, ...cells.map(({ ladder }) => of(ladder))])),
    "",
  ].join("\n");
}
