import { dirname, join } from "@std/path";
import * as z from "zod";
import { readDecisions } from "../data/decisions/read_decisions.ts";
import { percent } from "../eval/percent.ts";
import { InputError } from "../files/error.ts";
import { LineFile } from "../files/line_file.ts";
import { counted } from "../files/listed.ts";
import { outputFile } from "../files/output_file.ts";
import { requireFiles } from "../files/require_files.ts";
import { type Command, command, type ConfigOf, type Context } from "../options/command.ts";
import { inGroup } from "../options/groups.ts";
import { output } from "../options/outputs.ts";
import { portOption } from "../options/port_option.ts";
import { folderOfPairs, ofRun } from "../scpp/run_pairs.ts";
import { serve } from "../web/server/serve.ts";
import { type Candidate, rankRegions } from "../web/review/region_pool.ts";
import { Review } from "../web/review/review.ts";
import { reviewSite } from "../web/review/review_site.ts";
import { simulateReview } from "../web/review/simulate.ts";
import { changesOf, type Reviewed, reviewItems } from "./review_items.ts";

const config = z.strictObject({
  run: z.string().optional().describe("Folder of a run of train static that refine was given"),
  decisions: output(
    z.string().optional()
      .describe(
        "File to add the decisions to; RUN/decisions.jsonl, or decisions.jsonl, by default",
      ),
    "file",
  ),
  ...inGroup("data", {
    data: z.string().optional().describe(
      "Folder of photographs; with --run, where those of the run are now, if they are gone from theirs",
    ),
    list: z.string().default("train").describe("List of the photographs, where there is no run"),
    classes: z.string().optional().describe("File of class names, where there is no run"),
    truth: z.string().optional().describe("Folder of the true masks, for --simulate"),
  }),
  ...inGroup("masks", {
    knowledge: z.string().optional().describe("Folder of masks (ID.png), where there is no run"),
    advice: z.string().optional().describe("Folder of masks to compare them with"),
    changes: z.string().optional().describe("Folder of change logits; RUN/changes by default"),
  }),
  least: z.int().positive().default(25).describe("Pixels that a region has at least"),
  gain: z.enum(["pixels", "iou"]).default("pixels").describe(
    "What comes first: most doubtful pixels, or most for the mean IoU, where rare classes weigh more",
  ),
  simulate: z.array(z.int().min(0)).default([]).describe(
    "Serve no page: let the truth answer, and print the mean IoU after so many regions",
  ),
  over: z.array(z.string()).default([])
    .describe("Classes over which --simulate averages; all that are present by default"),
  port: portOption,
});

type Config = ConfigOf<typeof config>;

/** Serves a page on which people decide the regions where knowledge and advice differ. */
export const review: Command<typeof config> = command({
  name: "review",
  summary: "Decide where knowledge and advice differ, region by region, on a page in the browser.",
  example: "review --run runs/a",
  config,
  listens: true,
  async writes({ run, ...config }) {
    const decisions = dirname(fileOf({ run, ...config }));
    if (run === undefined) return [decisions];
    const { refined } = await changesOf({ run, ...config });
    const others = refined && !ofRun(refined.masks ?? {}) ? [refined.out] : [];
    return [await folderOfPairs(run), ...others, decisions];
  },
  async run(config, context) {
    const reviewed = await reviewItems(config, context);
    const { items, classes } = reviewed;
    const display = context.progress("regions", items.length);
    const candidates = await rankRegions(items, classes.length, config, (done) => {
      context.signal.throwIfAborted();
      display.update(done);
    });
    display.done();
    context.log(
      `${counted(candidates.length, "region")} of at least ${config.least} pixels in ` +
        `${counted(items.length, "photograph")}`,
    );
    if (config.simulate.length > 0) await simulate(config, reviewed, candidates, context);
    else await servePage(config, reviewed, candidates, context);
  },
});

function fileOf({ run, decisions }: Pick<Config, "run" | "decisions">): string {
  return decisions ?? (run === undefined ? "decisions.jsonl" : join(run, "decisions.jsonl"));
}

async function servePage(
  config: Config,
  { items, classes }: Reviewed,
  candidates: readonly Candidate[],
  { signal, log }: Context,
): Promise<void> {
  const path = fileOf(config);
  await outputFile(path);
  using file = await LineFile.open(path);
  if (file.mended) log(`The last line of ${path} was cut short; it is removed.`);
  const { all, standing } = await readDecisions(path);
  log(`${counted(standing.length, "decision")} in ${path}; further ones are added there`);
  const review = new Review({ items, classes, candidates }, all, (line) => file.append(line));
  const opened = (address: string) => log(`Open ${address}\nCtrl-C ends it.`);
  await serve({ answer: reviewSite(review), port: config.port, signal, opened });
  const { answered, regions } = review.progress;
  log(`${answered} of ${regions} regions answered: ${path}`);
}

async function simulate(
  { simulate: counts, over }: Config,
  { items, classes }: Reviewed,
  candidates: readonly Candidate[],
  { progress, log }: Context,
): Promise<void> {
  const unknown = over.find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new InputError(
      `Cannot average over ${unknown}: the classes are ${classes.join(", ")}. Name some of these.`,
    );
  }
  await requireFiles("the true masks", items.map(({ truth }) => truth));
  const display = progress("answers", items.length);
  const rows = await simulateReview({
    ...{ items, candidates, counts, classes: classes.length },
    over: over.length === 0 ? undefined : over.map((name) => classes.indexOf(name)),
  }, (done) => display.update(done));
  display.done();
  log("answered   in this order   at random   mean IoU, %");
  for (const { answered, ordered, random } of rows) {
    const cells = [percent(ordered).padStart(16), percent(random).padStart(12)];
    log(`${String(answered).padStart(8)}${cells.join("")}`);
  }
}
