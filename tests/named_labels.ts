import { readLabels } from "../src/data/labels/labels.ts";
import { openVoc } from "../src/data/sets/voc.ts";

/** The classes of a set that has no list of them, without the background, and each image's labels. */
export async function named(root: string, labels?: string, list?: string): Promise<unknown> {
  const voc = await openVoc(root, { labels, list });
  const all = Object.fromEntries((await readLabels(voc)).labels);
  return [voc.classes.slice(1), all];
}
