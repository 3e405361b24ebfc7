import * as z from "zod";
import { inGroup } from "./groups.ts";
import { openVoc, type Voc } from "../data/sets/voc.ts";

/** Options of the command line that say which photographs a command works through; see DataOptions. */
export const dataOptions = inGroup("data", {
  data: z.string().describe("Folder of photographs, best in VOC layout: JPEGImages, ..."),
  list: z.string().default("train").describe(
    "Name of the list in ImageSets/Segmentation, or its path; all for every photograph",
  ),
  labels: z.string().optional().describe(
    "Image labels: a file or folder, anywhere or in the data folder, or one of folders, names and " +
      "masks; image_labels.txt and the like by default",
  ),
  classes: z.string().optional().describe(
    "File of class names, one a line; classes.txt by default, else the names in the labels",
  ),
  truth: z.string().optional().describe(
    "Folder of the true masks, where they are read; SegmentationClass in the data folder by default",
  ),
});

/** The same for a command that takes from a run what is left open. */
export const otherDataOptions = inGroup("data", {
  data: z.string().optional().describe("Another data folder than the run's"),
  list: z.string().optional().describe("Another list than the run's"),
  labels: z.string().optional().describe("Other image labels than the run's"),
  classes: z.string().optional().describe("Another file of class names than the run's"),
  truth: z.string().optional()
    .describe("Another folder of the true masks in the data folder than the run's"),
});

/** Which photographs a command works through, and what is known of them. */
export interface DataOptions {
  /** Folder of photographs. */
  readonly data: string;
  /** Name of a list, or its path; "all" for every photograph. */
  readonly list: string;
  /** Where the image labels are; see `readLabels`. */
  readonly labels?: string;
  /** Class names, or a file of them; default classes.txt of the set, else the names in the labels. */
  readonly classes?: string | readonly string[];
  /** Folder of the true masks; default "SegmentationClass" in the data folder. */
  readonly truth?: string;
}

/**
 * Opens the photographs that the options name; `readLabels` then gives their labels.
 *
 * @throws {InputError} when a folder, list or photograph is missing or the classes cannot be read.
 */
export async function openData(options: DataOptions): Promise<Voc> {
  const { data, list, labels, classes, truth } = options;
  return await openVoc(data, { list, labels, classes, masks: truth });
}
