import { type ImageLabels, readLabels } from "../data/labels/labels.ts";
import type { Voc, VocItem } from "../data/sets/voc.ts";
import { type DataOptions, openData } from "../options/data_options.ts";

/** A photograph and what is known of it. */
export interface LabelledImage extends VocItem {
  /** The classes it shows, ascending, without background. */
  readonly labels: readonly number[];
}

/** The photographs of a list. */
export interface LabelledImages {
  /** The set they are of. */
  readonly voc: Voc;
  /** The photographs, in the list's order. */
  readonly list: readonly LabelledImage[];
  /** Their labels as they were read, and where from. */
  readonly labels: ImageLabels;
}

/**
 * The photographs that the options name, with their image labels; see {@linkcode readLabels}.
 *
 * @throws {InputError} when the set, the list or a label is not there.
 */
export async function openLabelled(options: DataOptions): Promise<LabelledImages> {
  const voc = await openData(options);
  const labels = await readLabels(voc);
  const list = voc.items.map((item) => ({ ...item, labels: labels.labels.get(item.id)! }));
  return { voc, list, labels };
}
