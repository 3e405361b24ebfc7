import { join } from "@std/path";
import * as z from "zod";
import { writeAtomic } from "../../files/atomic.ts";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";
import { readJson } from "../../files/json.ts";
import { counted } from "../../files/listed.ts";
import { outputFile } from "../../files/output_file.ts";
import { type Command, command, type Context } from "../../options/command.ts";
import { output } from "../../options/outputs.ts";
import type { Markup } from "../../web/html.ts";
import type { Table } from "../compare/table.ts";
import type { EvaluationReport } from "../evaluation_report.ts";
import { compareFigures, evaluationFigures, ladderFigures, stepFigures } from "./figures.ts";
import { findParts, type Part } from "./find_parts.ts";
import {
  type Masks,
  masksOfEvaluation,
  masksOfNetworks,
  masksOfSeeds,
  masksOfStatic,
  masksOfSteps,
} from "./masks_of.ts";
import { type PictureOptions, picturesOf } from "./photographs.ts";
import { reportText, type Section } from "./report_text.ts";
import { trainingPart } from "./training.ts";

const config = z.strictObject({
  of: z.string().min(1).describe(
    "Folder of a run, compare, seeds, the demo or evaluated masks; or a file of figures of these",
  ),
  out: output(
    z.string().optional().describe("HTML file to write; report.html in the folder by default"),
    "file",
  ),
  photographs: z.int().min(0).max(10_000).default(12).describe(
    "How many of the most changed, best, worst and random photographs each to show",
  ),
  side: z.int().min(32).max(1024).default(240).describe("The longer side of their pictures"),
  seed: z.int().min(0).default(1).describe("Seed of the random photographs"),
});

/** Writes one HTML file that tells of everything in a folder; see `findParts`. */
export const report: Command<typeof config> = command({
  name: "report",
  summary: "Write one HTML file about a run, a comparison or evaluated masks, to keep or to mail.",
  example: "report runs/demo",
  config,
  argument: "of",
  async writes({ of, out }) {
    return out === undefined ? [await folderOf(of)] : [];
  },
  async run({ of, out, ...pictures }, context) {
    const path = out ?? join(await folderOf(of), "report.html");
    const parts = await findParts(of);
    await outputFile(path, [".html", ".htm"]);
    context.log(
      `Report of ${of}: ${parts.map(({ kind, file }) => `${kind} (${file})`).join(", ")}`,
    );
    const { sections, leftOut } = await sectionsOf(parts, pictures, context);
    const text = reportText(of, sections, leftOut);
    await writeAtomic(path, text);
    for (const what of leftOut) context.log(`Left out: ${what}`);
    const size = new TextEncoder().encode(text).length / 1e6;
    context.log(`${counted(sections.length, "part")}, ${size.toFixed(1)} MB, written to ${path}`);
  },
});

/** The folder of what is reported: a report of a file is written beside it. */
async function folderOf(of: string): Promise<string> {
  return await isFile(of) ? join(of, "..") : of;
}

/** Figures first, then pictures, then trainings. */
async function sectionsOf(
  parts: readonly Part[],
  options: PictureOptions,
  context: Context,
): Promise<{ readonly sections: readonly Section[]; readonly leftOut: readonly string[] }> {
  const [figures, pictures, trainings]: Section[][] = [[], [], []];
  const leftOut: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    context.signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      leftOut.push(`${what}: ${error.message}`);
    }
  };
  const shown = new Set<string>();
  for (const { kind, file, folder } of parts) {
    const show = (masks: () => Promise<Masks | undefined>) =>
      attempt(`the pictures of ${file}`, async () => {
        if (options.photographs === 0) return;
        const found = await masks();
        if (found === undefined || shown.has(found.title)) return;
        shown.add(found.title);
        const { body, leftOut: unused } = await picturesOf(found, options, context);
        leftOut.push(...unused.filter((what) => !leftOut.includes(what)));
        pictures.push({ title: found.title, body });
      });
    const tell = async <T extends object>(title: string, figuresOf: (content: T) => Markup) =>
      await attempt(file, async () => {
        const content = await readJson<T>(file);
        figures.push({ title: `${title}: ${file}`, body: bodyOf(file, () => figuresOf(content)) });
      });
    switch (kind) {
      case "compare":
        await tell<Table[]>("Comparison", compareFigures);
        for (const trial of trialsOf(parts, folder)) {
          await show(() => masksOfNetworks(join(trial, "networks")));
        }
        break;
      case "seeds":
        await tell("Seed masks", stepFigures);
        await show(() => masksOfSeeds(folder));
        break;
      case "masks":
        await tell("Masks of each step", stepFigures);
        await show(() => masksOfSteps(folder));
        break;
      case "steps of masks":
        await show(() => masksOfSteps(folder));
        break;
      case "steps of seeds":
        await show(() => masksOfSeeds(folder));
        break;
      case "evaluation":
        await tell("Evaluation", evaluationFigures);
        await show(async () => masksOfEvaluation(await readJson<EvaluationReport>(file)));
        break;
      case "ladder":
        await tell("Ablations", ladderFigures);
        break;
      case "run":
        await attempt(`the training ${folder}`, async () => {
          trainings.push({ title: `Training: ${folder}`, body: await trainingPart(folder) });
        });
        await show(() => masksOfStatic(folder));
    }
  }
  return { sections: [...figures, ...pictures, ...trainings], leftOut };
}

/** What a file tells; one that a person has changed may lack what it should have. */
function bodyOf(file: string, tell: () => Markup): Markup {
  try {
    return tell();
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    throw new InputError(`Cannot use ${file}: it lacks figures. Make it again.`, { cause });
  }
}

/** The folders of the trials of a comparison that have networks. */
function trialsOf(parts: readonly Part[], compare: string): readonly string[] {
  const trials = parts.filter(({ kind, folder }) => kind === "run" && folder.startsWith(compare))
    .flatMap(({ folder }) => /^(.*)[/\\]networks[/\\][^/\\]+[/\\]run$/.exec(folder)?.[1] ?? []);
  return [...new Set(trials)];
}
