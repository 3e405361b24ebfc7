import { join } from "@std/path";
import { openVoc, type Voc } from "../../data/sets/voc.ts";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";
import { isFolder } from "../../files/is_folder.ts";
import { readJson } from "../../files/json.ts";
import { listFolder } from "../../files/list_folder.ts";
import { type DataOptions, openData } from "../../options/data_options.ts";
import { given } from "../../options/given.ts";
import { readChanges, readRefined } from "../../scpp/changes.ts";
import { findPairs } from "../../scpp/find_pairs.ts";
import { STATIC_BIASES } from "../../scpp/integration.ts";
import { type ChoiceOptions, maskNames, masksOf, refineMask } from "../../scpp/predict.ts";
import { readStaticConfig, type StaticConfig } from "../../scpp/static_config.ts";
import { fromFolder, fromStart } from "../../training/from_start.ts";
import { names, readRun } from "../../training/run.ts";
import { type Mask, readMask } from "../../data/masks/mask.ts";
import type { Maps } from "../../data/images/resize.ts";
import type { EvaluationReport } from "../evaluation_report.ts";

/** Photographs with masks of several kinds, for pictures of them. */
export interface Masks {
  /** What they are, as a heading. */
  readonly title: string;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The photographs. */
  readonly items: readonly {
    readonly id: string;
    readonly image: string;
    readonly truth: string;
  }[];
  /** Each kind of mask, in the order in which they were made; the last is the result. */
  readonly columns: readonly {
    readonly name: string;
    read(id: string): Promise<Mask>;
  }[];
  /** The change logits of a photograph, where a network has predicted them. */
  readonly changes?: (id: string) => Promise<Maps>;
  /** What else might have been meant and is not shown. */
  readonly leftOut: readonly string[];
}

/** The masks of a run of static training, refined by its changes; nothing before it has been used to refine. */
export async function masksOfStatic(run: string): Promise<Masks | undefined> {
  const changes = join(run, "changes");
  if (!await isFolder(changes)) return undefined;
  const { config } = await readRun(run);
  const trained = await fromStart(run, readStaticConfig(run, config));
  const found = await findPairs(trained, trained.cache ?? run);
  const { classes, list, voc, labels, leftOut } = found;
  const pairs = new Map(list.map((pair) => [pair.id, pair]));
  const { refined, choice } = await refinementOf(changes, trained);
  const logitsOf = (id: string) => readChanges(changes, id, columns.length);
  const columns = maskNames(found.advice.length).map((name, n) => {
    return { name, read: (id: string) => readMask(masksOf(pairs.get(id)!)[n]) };
  });
  return {
    title: `Refined masks: ${run}`,
    classes,
    items: list,
    columns: [
      ...columns,
      {
        name: "refined",
        read: async (id) => {
          const path = refined && join(refined, `${id}.png`);
          if (path && await isFile(path)) return await readMask(path);
          const logits = await logitsOf(id);
          return await refineMask(pairs.get(id)!, logits, classes.length, choice);
        },
      },
    ],
    changes: logitsOf,
    leftOut: [...voc.leftOut, ...labels.leftOut, ...leftOut],
  };
}

/** Where the refined masks are, and how each pixel was chosen: as refine notes it, or else its defaults. */
async function refinementOf(
  changes: string,
  trained: StaticConfig,
): Promise<{ readonly refined?: string; readonly choice: ChoiceOptions }> {
  const { collapseThreshold } = trained;
  const note = await readRefined(changes);
  if (note === undefined) return { choice: { ...STATIC_BIASES, flag: 1, collapseThreshold } };
  const { out, differenceBias: difference, backgroundBias: background } = note;
  const { flagWeight: flag, protects } = note;
  return { refined: out, choice: { difference, background, flag, protects, collapseThreshold } };
}

/** The masks of each step of `seeds`, whose folder this is. */
export async function masksOfSeeds(folder: string): Promise<Masks> {
  const voc = await setOf(join(folder, "classifier"));
  const crf = join(folder, "walk", "crf");
  return await ofSteps(`Seed masks, pictures: ${folder}`, voc, folder, [
    ["activation maps", "cam/masks"],
    ["random walk", "walk/masks"],
    ...await isFolder(crf) ? [["CRF of the walk", "walk/crf"]] as const : [],
  ]);
}

/** The masks of each step of `masks`, whose folder this is; see `stepsOf`. */
export async function masksOfSteps(folder: string): Promise<Masks> {
  const runs = ["static", "seeds/classifier"].map((name) => join(folder, name));
  const voc = await setOf(await isFile(join(runs[0], names.config)) ? runs[0] : runs[1]);
  const adviser = join(folder, "advice");
  return await ofSteps(`Masks of each step, pictures: ${folder}`, voc, folder, [
    ["random walk", "seeds/walk/masks"],
    ...await isFolder(adviser) ? [["advice of a network", "advice"]] as const : [],
    ["refined", "refined"],
    ["masks of the network", "masks"],
  ]);
}

/** The photographs of a run. */
async function setOf(run: string): Promise<Voc> {
  const config = await fromStart(run, await readJson(join(run, names.config)));
  return await openData(given(config as unknown as DataOptions, dataKeys));
}

/** The masks in some folders of one, each with a name; those that are not there are left out. */
async function ofSteps(
  title: string,
  voc: Voc,
  folder: string,
  steps: readonly (readonly [name: string, path: string])[],
): Promise<Masks> {
  const columns = [];
  const leftOut = [...voc.leftOut];
  for (const [name, path] of steps) {
    const masks = join(folder, path);
    if (await isFolder(masks)) columns.push(columnOf(name, masks));
    else leftOut.push(`the masks ${masks}: there are none`);
  }
  if (columns.length === 0) {
    throw new InputError(`Cannot show the masks of ${folder}: there are none. Make them first.`);
  }
  return ofSet(title, { ...voc, leftOut }, columns);
}

/** The masks of an evaluation, beside their truth. */
export async function masksOfEvaluation(report: EvaluationReport): Promise<Masks | undefined> {
  if (report.set === undefined) return undefined; // written by an earlier version
  const voc = await openData(await fromFolder(report.folder, report.set));
  const { predictions } = await fromFolder(report.folder, { predictions: report.predictions });
  return ofSet(`Masks, pictures: ${report.predictions}`, voc, [columnOf("mask", predictions)]);
}

/** What the networks of a trial of `compare` made of the test list; the folder is its `networks`. */
export async function masksOfNetworks(folder: string): Promise<Masks | undefined> {
  const networks = (await listFolder(folder) ?? []).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).sort();
  const made = [];
  for (const name of networks) {
    const masks = join(folder, name, "masks");
    if (await isFile(join(masks, "options.json"))) made.push([name, masks] as const);
  }
  if (made.length === 0) return undefined;
  const { data } = await readJson(join(made[0][1], "options.json"));
  const { classes } = await readJson(join(folder, made[0][0], "run", "model.json"));
  const voc = await openVoc(String(data), { list: "all", classes: classes as string[] });
  const first = columnOf("", made[0][1]);
  const there = await Promise.all(voc.items.map(({ id }) => isFile(first.path(id))));
  const items = voc.items.filter((_, i) => there[i]);
  return ofSet(
    `Networks: ${folder}`,
    { ...voc, items },
    made.map(([name, masks]) => columnOf(name, masks)),
  );
}

const dataKeys = ["data", "list", "labels", "classes", "truth"] as const;

function columnOf(name: string, folder: string) {
  const path = (id: string) => join(folder, `${id}.png`);
  return { name, path, read: (id: string) => readMask(path(id)) };
}

function ofSet(title: string, voc: Voc, columns: Masks["columns"]): Masks {
  const { classes, items, leftOut } = voc;
  return {
    ...{ title, classes, columns, leftOut },
    items: items.map(({ id, image, mask }) => ({ id, image, truth: mask })),
  };
}
