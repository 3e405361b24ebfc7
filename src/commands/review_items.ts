import { basename, join, resolve } from "@std/path";
import { findMasks } from "../data/masks/find_masks.ts";
import { requireFitting } from "../data/masks/require_fitting.ts";
import { openVoc } from "../data/sets/voc.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { isFolder } from "../files/is_folder.ts";
import { readJson } from "../files/json.ts";
import type { Context } from "../options/command.ts";
import { sayData } from "../options/say_data.ts";
import { readChanges, readRefined, type RefinedNote } from "../scpp/changes.ts";
import { runPairs } from "../scpp/run_pairs.ts";
import type { ReviewItem } from "../web/review/region_pool.ts";

/** Which photographs and masks are reviewed. */
export interface ReviewOptions {
  /** A run of static training, which has its masks. */
  readonly run?: string;
  /** The folder of its change logits, or of those that belong to two folders of masks. */
  readonly changes?: string;
  /** The photographs; those of a run where they are now, if they have moved. */
  readonly data?: string;
  /** Their list. */
  readonly list: string;
  /** Their class names. */
  readonly classes?: string;
  /** Their true masks. */
  readonly truth?: string;
  /** Without a run: a folder of masks. */
  readonly knowledge?: string;
  /** And another one. */
  readonly advice?: string;
}

/** Photographs with two masks each. */
export interface Reviewed {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The photographs. */
  readonly items: readonly ReviewItem[];
}

/**
 * The photographs of a run with its masks, or those of a set with two folders of masks.
 *
 * @throws {InputError} when neither is given whole, or a photograph or mask is missing.
 */
export async function reviewItems(options: ReviewOptions, context: Context): Promise<Reviewed> {
  const { run } = options;
  const { folder: changes, refined } = await changesOf(options);
  if (run !== undefined && options.changes === undefined && changes !== join(run, "changes")) {
    context.log(`Change logits of ${changes}, which masks has made by this run`);
  }
  const { classes, items, planes } = run === undefined
    ? { ...await itemsOfFolders(options, context), planes: undefined }
    : await itemsOfRun(run, { data: options.data, refined }, context);
  const has = await Promise.all(items.map(({ id }) => {
    return changes === undefined ? false : isFile(join(changes, `${id}.npy`));
  }));
  const known = has.filter(Boolean).length;
  if (known < items.length) {
    context.log(
      known === 0
        ? "No change logits: regions come by their area alone, and there is no choice of the method." +
          (run === undefined
            ? ""
            : " Run refine first, or say with --changes where its change logits are, to have both.")
        : `Left out: the method's choice for ${
          items.length - known
        } photographs without change logits`,
    );
  }
  // Two folders may be the first of more masks that were refined.
  const read = (id: string) => readChanges(changes!, id, planes ?? "any");
  return {
    classes,
    items: items.map((item, i) => has[i] ? { ...item, changes: () => read(item.id) } : item),
  };
}

/** Where change logits are, if anywhere, and what refine noted of those that a run has predicted. */
export interface ReviewChanges {
  /** Their folder, which may not exist. */
  readonly folder?: string;
  /** The note. */
  readonly refined?: RefinedNote;
}

/** The change logits that are named, or those of the run, or those that `masks` has made by it. */
export async function changesOf(
  { run, changes }: Pick<ReviewOptions, "run" | "changes">,
): Promise<ReviewChanges> {
  if (run === undefined) return { folder: changes };
  const folder = changes ?? await changesOfRun(run);
  return { folder, refined: await readRefined(folder) };
}

/** Where masks that a network advises too are refined, the command `masks` has them beside the run. */
async function changesOfRun(run: string): Promise<string> {
  const own = join(run, "changes");
  const note = join(run, "..", "refined.json");
  if (await isFolder(own) || !await isFile(note)) return own;
  const { options, result } = await readJson<{ options?: unknown; result?: unknown }>(note);
  const { made } = Object(options);
  const { run: refinedBy } = Object(Array.isArray(made) ? made.at(-1) : undefined);
  const same = typeof refinedBy === "string" && basename(refinedBy) === basename(resolve(run));
  return result !== undefined && same ? join(run, "..", "refined", "changes") : own;
}

async function itemsOfRun(
  run: string,
  about: { readonly data?: string; readonly refined?: RefinedNote },
  context: Context,
): Promise<Reviewed & { readonly planes: number }> {
  const { classes, list, advisers } = await runPairs(run, context, about);
  if (advisers.length > 1) {
    context.log(
      `Reviews the first adviser, ${advisers[0]}; left out: ${advisers.slice(1).join(", ")}`,
    );
  }
  const items = list.map((pair) => ({ ...pair, advice: pair.advice[0] }));
  return { classes, items, planes: 1 + advisers.length };
}

async function itemsOfFolders(
  { data, list, classes, truth, knowledge: k, advice: a }: ReviewOptions,
  { log, signal }: Context,
): Promise<Reviewed> {
  if (data === undefined || k === undefined || a === undefined) {
    throw new InputError(
      "Cannot review: give --run, a run of train static, or --data with two folders of masks, " +
        "--knowledge and --advice.",
    );
  }
  const voc = await openVoc(data, { list, classes, masks: truth });
  sayData(log, voc);
  const folders: string[] = [];
  for (const name of [k, a]) {
    const { path, leftOut } = await findMasks(voc.root, name);
    for (const what of leftOut) log(`Left out: ${what}`);
    folders.push(path);
  }
  const [knowledge, advice] = folders;
  const items = voc.items.map(({ id, image, mask }) => {
    const [K, A] = folders.map((folder) => join(folder, `${id}.png`));
    return { id, image, knowledge: K, advice: A, truth: mask };
  });
  for (const [folder, which] of [[knowledge, "knowledge"], [advice, "advice"]] as const) {
    const masks = items.map((item) => ({ mask: item[which], image: item.image }));
    await requireFitting(folder, masks, voc.classes.length, signal);
  }
  return { classes: voc.classes, items };
}
