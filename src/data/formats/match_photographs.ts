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

/**
 * Finds the photographs that names mean: with their ending or without, and with more folders before them
 * than the set has, such as `train2017/1.jpg` for `1`.
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
    const bare = plainName(name.replace(pictureEnd, "")).replaceAll("\\", "/");
    const parts = bare.split("/");
    const candidates = [idOf(name), ...parts.map((_, i) => parts.slice(i).join("/"))];
    const found = known.size === 0 ? bare : candidates.find((candidate) => known.has(candidate));
    if (found === undefined) unmatched.push(name);
    else ids.set(name, found);
  }
  return { ids, unmatched };
}

/** Whether a file is one that is read as a photograph. */
export function isPhotograph(name: string): boolean {
  return photographEnd.test(name);
}
