import { join } from "@std/path";
import { counted } from "../../files/listed.ts";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";
import { ownFolder } from "../../files/made_with.ts";
import { readImageSize } from "../images/image_size.ts";
import { writeMask } from "../masks/mask.ts";
import { requireSize } from "../masks/require_size.ts";
import type { Voc } from "../sets/voc.ts";
import { certainMask } from "./certain.ts";
import type { Decision } from "./decision.ts";
import { readDecisions } from "./read_decisions.ts";

/** Where decisions are, and where the masks go that are made of them. */
export interface DecisionPlaces {
  /** The file of decisions; without one nothing is certain. */
  readonly decisions?: string;
  /** Folder in which the masks get a folder of their own for each content of that file. */
  readonly folder: string;
}

/**
 * Writes for each photograph that was decided about the mask of what is certain: its class where a
 * person decided, 255 elsewhere.
 *
 * @returns the paths of these masks by photograph
 * @throws {InputError} when a decision does not fit its photograph or the classes.
 */
export async function certainMasks(
  { items, classes }: Pick<Voc, "items" | "classes">,
  { decisions: path, folder }: DecisionPlaces,
  log: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const masks = new Map<string, string>();
  if (path === undefined) return masks;
  const { standing } = await readDecisions(path);
  requireClasses(standing, classes, path);
  const own = await ownFolder(folder, "certain", { standing });
  const groups = Map.groupBy(standing, ({ photograph }) => photograph);
  let pixels = 0;
  for (const { id, image } of items) {
    const group = groups.get(id)?.filter(({ labels }) => labels.length > 0) ?? [];
    if (group.length === 0) continue;
    const mask = certainMask(group, path);
    requireSize(mask, `that the decisions ${path} make`, await readImageSize(image), image);
    const file = join(own, `${id}.png`);
    if (!await isFile(file)) await writeMask(file, mask);
    masks.set(id, file);
    pixels += mask.data.reduce((sum, c) => sum + Number(c !== 255), 0);
  }
  for (const line of linesOf(standing, new Set(items.map(({ id }) => id)))) log(line);
  log(`Certain by ${path}: ${pixels} pixels of ${counted(masks.size, "photograph")}`);
  return masks;
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
