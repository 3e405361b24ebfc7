import { join } from "@std/path";
import { counted } from "../../files/listed.ts";
import { InputError } from "../../files/error.ts";
import { findInput } from "../../files/find_input.ts";
import { isFile } from "../../files/is_file.ts";
import { ownFolder } from "../../files/made_with.ts";
import { readImageSize } from "../images/image_size.ts";
import { type Mask, readMask, writeMask } from "../masks/mask.ts";
import { requireSize } from "../masks/require_size.ts";
import { settle } from "../masks/settle.ts";
import { Random } from "../random.ts";
import type { Voc } from "../sets/voc.ts";
import { certainMask } from "./certain.ts";
import type { Decision } from "./decision.ts";
import { readDecisions } from "./read_decisions.ts";

/** Where it is said what is certain, and where the masks go that are made of decisions. */
export interface CertainPlaces {
  /** Folder of true masks (ID.png) of some photographs, see {@linkcode findInput}; 255 is not certain. */
  readonly certain?: string;
  /** The share of the photographs of which these masks are taken, 0 to 1; all by default. */
  readonly certainShare?: number;
  /** The file of decisions, which go before those masks. */
  readonly decisions?: string;
  /**
   * Folder in which the masks get a folder of their own for each content of that file; where it is
   * absent, all is read and nothing written.
   */
  readonly folder?: string;
}

/**
 * The masks of what is certain: the classes of their pixels where a true mask or a decision gives one,
 * 255 elsewhere. Those of photographs that were decided about are written.
 *
 * @returns the paths of these masks by photograph
 * @throws {InputError} when a mask or decision does not fit its photograph or the classes, or there is
 * no true mask of any photograph.
 */
export async function certainMasks(
  voc: Pick<Voc, "root" | "items" | "classes">,
  { certain, certainShare, decisions: path, folder }: CertainPlaces,
  log: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const { items } = voc;
  if (certain === undefined && certainShare !== undefined) {
    throw new InputError(
      `Cannot use --certain-share ${certainShare} without --certain: give the folder of true masks.`,
    );
  }
  const masks = certain === undefined
    ? new Map<string, string>()
    : await trueMasks(voc, certain, certainShare ?? 1, log);
  if (path === undefined) return masks;
  const drawn = Object.fromEntries(masks);
  const { standing, groups, lines } = await readDecisionsOf(voc, path);
  const own = folder && await ownFolder(folder, "certain", { standing, ...(certain && { drawn }) });
  let [pixels, decidedAbout] = [0, 0];
  for (const { id, image } of items) {
    const decided = await decidedMask({ id, image }, groups, path);
    if (decided === undefined) continue;
    decidedAbout++;
    pixels += decided.data.reduce((sum, c) => sum + Number(c !== 255), 0);
    if (own === undefined) continue;
    const file = join(own, `${id}.png`);
    const before = masks.get(id);
    if (before !== undefined) { // it may have been drawn anew
      await writeMask(file, settle(await readMask(before), decided));
    } else if (!await isFile(file)) await writeMask(file, decided);
    masks.set(id, file);
  }
  for (const line of lines) log(line);
  log(`Certain by ${path}: ${pixels} pixels of ${counted(decidedAbout, "photograph")}`);
  return masks;
}

/**
 * The decisions that stand, those of each photograph that give pixels classes, and what is to be said
 * of them.
 *
 * @throws {InputError} when one is damaged, or was made with other classes.
 */
export async function readDecisionsOf(
  { items, classes }: Pick<Voc, "items" | "classes">,
  path: string,
): Promise<{
  readonly standing: readonly Decision[];
  readonly groups: ReadonlyMap<string, readonly Decision[]>;
  readonly lines: readonly string[];
}> {
  const { standing } = await readDecisions(path);
  requireClasses(standing, classes, path);
  const groups = Map.groupBy(
    standing.filter(({ labels }) => labels.length > 0),
    ({ photograph }) => photograph,
  );
  return { standing, groups, lines: linesOf(standing, new Set(items.map(({ id }) => id))) };
}

/** What was decided about a photograph, 255 elsewhere; undefined where nothing was. */
export async function decidedMask(
  { id, image }: { readonly id: string; readonly image: string },
  groups: ReadonlyMap<string, readonly Decision[]>,
  path: string,
): Promise<Mask | undefined> {
  const group = groups.get(id);
  if (group === undefined) return undefined;
  const decided = certainMask(group, path);
  requireSize(decided, `that the decisions ${path} make`, await readImageSize(image), image);
  return decided;
}

/** The true masks that are there, by photograph: of a share of all photographs at most. */
async function trueMasks(
  { root, items, classes }: Pick<Voc, "root" | "items" | "classes">,
  folder: string,
  share: number,
  log: (line: string) => void,
): Promise<Map<string, string>> {
  const remedy = "Give the folder that holds ID.png of some photographs.";
  const { path, leftOut } = await findInput({
    ...{ what: "true masks", path: folder, root, kind: "folder", remedy },
  });
  for (const what of leftOut) log(`Left out: ${what}`);
  const masks = new Map<string, string>();
  const most = share === 0 ? 0 : Math.max(1, Math.round(share * items.length));
  for (const { id, image } of share === 1 ? items : drawn(items)) {
    if (masks.size === most) break;
    const file = join(path, `${id}.png`);
    if (!await isFile(file)) continue;
    requireSize(
      await readMask(file, { classes: classes.length }),
      file,
      await readImageSize(image),
      image,
    );
    masks.set(id, file);
  }
  if (masks.size < Math.min(1, most)) {
    throw new InputError(
      `Cannot use --certain ${folder}: ${path} has no mask (ID.png) of a photograph of the list. ` +
        `The first would be ${items[0].id}.png.`,
    );
  }
  log(`Certain by ${path}: the masks of ${masks.size} of ${counted(items.length, "photograph")}`);
  return masks;
}

/** Photographs in an order that their names alone decide, whatever the list: that of random numbers. */
function drawn<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const random = new Random("certain share");
  return items.map((item) => ({ item, place: random.fork(item.id).next() }))
    .sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** What is to be known of decisions besides: reviewers, disagreements, what is not in the list. */
function linesOf(standing: readonly Decision[], ids: ReadonlySet<string>): string[] {
  const others = new Set(standing.map(({ photograph }) => photograph)).difference(ids);
  const reviewers = new Set(standing.map(({ reviewer }) => reviewer));
  const skipped = standing.filter(({ choice }) => choice === "skip").length;
  return [
    `Decisions: ${standing.length} by ${counted(reviewers.size, "reviewer")}, ${skipped} of them ` +
    "skip; where two say different things, the later one counts",
    ...others.size === 0 ? [] : [
      `Left out: decisions about ${counted(others.size, "photograph")} that the list has not, ` +
      `such as ${[...others][0]}`,
    ],
  ];
}

function requireClasses(
  decisions: readonly Decision[],
  classes: readonly string[],
  path: string,
): void {
  for (const { photograph, labels } of decisions) {
    for (const { class: index, name } of labels) {
      if (classes[index] === name) continue;
      throw new InputError(
        `Cannot use the decisions ${path}: class ${index} is ${name} there (${photograph}), but ` +
          `${classes[index] ?? "no class"} here. Give the list of classes they were made with.`,
      );
    }
  }
}
