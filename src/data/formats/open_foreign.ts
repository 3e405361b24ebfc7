import { InputError } from "../../files/error.ts";
import { parseJson } from "../../files/json.ts";
import { readText } from "../../files/read_bytes.ts";
import type { ClassTable } from "./class_table.ts";
import { cocoSet } from "./coco.ts";
import { cvatSet, isCvat } from "./cvat.ts";
import { openTree } from "./file_tree.ts";
import { type ForeignSet, within } from "./foreign_set.ts";
import { colourSet, valueSet } from "./id_masks.ts";
import { isLabelme, labelmeSet } from "./labelme.ts";
import { labelStudioSet } from "./label_studio.ts";
import { isYolo, yoloSet } from "./yolo.ts";

/** The forms that are read. */
export const foreignForms = [
  "coco",
  "cvat",
  "label-studio",
  "labelme",
  "yolo",
  "values",
  "colours",
] as const;

/** A form that is read. */
export type ForeignForm = typeof foreignForms[number];

/** What has to be said of masks of values or colours. */
export interface ValueOptions {
  /** Which classes values or colours stand for. */
  readonly table?: ClassTable;
  /** What is added to values, where there is no table. */
  readonly offset: number;
  /** Class names, background first, where there is no table. */
  readonly classes?: readonly string[];
}

/**
 * Opens what another program wrote, a file or a folder; without `form` its content says which it is.
 *
 * @throws {InputError} when it is missing, damaged, or of another form.
 */
export async function openForeign(
  path: string,
  form: ForeignForm | undefined,
  options: ValueOptions,
): Promise<ForeignSet> {
  const files = await openTree(path);
  if (files === undefined) {
    const text = await readText(path);
    const value = within(path, "its text", () => parseJson(text));
    if (form === "coco" || form === undefined && !Array.isArray(value)) return cocoSet(value, path);
    if (form === "label-studio" || form === undefined) return labelStudioSet(value, path);
    throw new InputError(
      `Cannot read ${path} as ${form}: it is a file. Give the folder or the archive.`,
    );
  }
  const found = form ??
    (isCvat(files) ? "cvat" : isYolo(files) ? "yolo" : isLabelme(files) ? "labelme" : undefined);
  switch (found) {
    case "cvat":
      return await cvatSet(files, path);
    case "yolo":
      return await yoloSet(files, path);
    case "labelme":
      return await labelmeSet(files, path);
    case "values":
      if (!options.table && !options.classes) {
        throw new InputError(
          `Cannot read ${path}: nothing says which classes its values are. Give --table or --classes.`,
        );
      }
      return valueSet(files, path, options, options.classes ?? []);
    case "colours":
      if (!options.table) {
        throw new InputError(
          `Cannot read ${path}: nothing says which classes its colours are. Give --table.`,
        );
      }
      return colourSet(files, path, options.table);
    case undefined:
      throw new InputError(
        `Cannot tell what ${path} is: it is neither of COCO, CVAT, Label Studio, labelme nor YOLO. Give ` +
          "--format, values or colours for masks in PNG files.",
      );
    default:
      throw new InputError(`Cannot read ${path} as ${found}: it is a folder. Give its JSON file.`);
  }
}
