import { plainName } from "../../files/folder_index.ts";
import { idOf, photographEnd } from "../sets/photograph_name.ts";

/** How pictures end, those that are not read too. */
const pictureEnd = /\.(jpe?g|jpe|jfif|png|webp|tiff?|bmp|gif)$/i;

/** Which photograph of a set each name of another program is. */
export interface Matched {
  /** Ids by the names. */
  readonly ids: ReadonlyMap<string, string>;
  /** Names that are of no photograph, or of several. */
  readonly unmatched: readonly string[];
}

/** Cityscapes calls a mask `a_gtFine_labelIds` and its photograph `a_leftImg8bit`. */
const cityscapes = /_gt(Fine|Coarse)_label(Ids|TrainIds)$/;

/** The ways in which a photograph that a name means may be called in a set, the likeliest first. */
function candidatesOf(name: string): string[] {
  const bare = plainName(name.replace(pictureEnd, "")).replaceAll("\\", "/");
  const parts = bare.split("/");
  const shorter = parts.map((_, i) => parts.slice(i).join("/"));
  return [
    idOf(name),
    ...shorter,
    ...shorter.map((own) => own.replace(/(^|\/)[0-9a-f]{8}-([^/]+)$/, "$1$2")),
    ...shorter.map((own) => own.replace(cityscapes, "_leftImg8bit")),
  ];
}

/**
 * Finds the photographs that names mean: with their ending or without, with more folders before them than
 * the set has, such as `train2017/1.jpg` for `1`, with the digits that Label Studio puts before the names
 * of uploaded files, and Cityscapes' masks.
 *
 * @param photographs names of files in the set, with the folders of classes; none where it has none yet
 */
export function matchPhotographs(
  names: readonly string[],
  photographs: readonly string[],
): Matched {
  const known = new Set(photographs.map(idOf));
  const ids = new Map<string, string>();
  const unmatched: string[] = [];
  for (const name of names) {
    const candidates = candidatesOf(name);
    const found = known.size === 0
      ? candidates[1] // the whole name without its ending
      : candidates.find((candidate) => known.has(candidate));
    if (found === undefined) unmatched.push(name);
    else ids.set(name, found);
  }
  return { ids, unmatched };
}

/** Whether a file is one that is read as a photograph. */
export function isPhotograph(name: string): boolean {
  return photographEnd.test(name);
}
