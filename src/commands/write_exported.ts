import { basename, dirname, join } from "@std/path";
import type { ClassTable } from "../data/formats/class_table.ts";
import { writeCoco } from "../data/formats/coco.ts";
import { writeCvat } from "../data/formats/cvat.ts";
import type { Drawn } from "../data/formats/drawn.ts";
import { openTree } from "../data/formats/file_tree.ts";
import { encodeColours, encodeValues } from "../data/formats/id_masks.ts";
import { labelStudioConfig, writeLabelStudio } from "../data/formats/label_studio.ts";
import { writeLabelme } from "../data/formats/labelme.ts";
import { foreignForms } from "../data/formats/open_foreign.ts";
import { writeYolo } from "../data/formats/yolo.ts";
import { writeAtomic } from "../files/atomic.ts";
import { claimFiles, requireFree } from "../files/claim_files.ts";
import { InputError } from "../files/error.ts";
import { isFolder } from "../files/is_folder.ts";
import { writeJson } from "../files/json.ts";
import { outputFile } from "../files/output_file.ts";

const [coco, ...others] = foreignForms;

/** The forms that are written: those that are read, COCO's with outlines or with runs. */
export const exportFormats = [coco, "coco-rle", ...others] as const;

/** A form that is written. */
export type ExportFormat = typeof exportFormats[number];

/** What is written, and where. */
export interface ExportOptions {
  /** The form. */
  readonly format: ExportFormat;
  /** The file or folder. */
  readonly out: string;
  /** Whether files that are there may be replaced. */
  readonly overwrite: boolean;
  /** What stands before the names of photographs for Label Studio. */
  readonly prefix: string;
  /** What was added to values to make class indices. */
  readonly offset: number;
}

/** Whether a form is one file, not a folder of them. */
export function isOneFile(format: ExportFormat): boolean {
  return ["coco", "coco-rle", "cvat", "label-studio"].includes(format);
}

/**
 * Makes ready for the files of an export, none of which may be there.
 *
 * @returns what is to be called when all are written
 * @throws {InputError} when some are there, or labels that YOLO would take for a part of these.
 */
export async function claimExport(
  { format, out, overwrite }: ExportOptions,
  ids: readonly string[],
): Promise<() => Promise<void>> {
  const options = { what: "files", overwrite };
  if (isOneFile(format)) {
    await outputFile(out, [format === "cvat" ? ".zip" : ".json"]);
    const files = [out, ...(format === "label-studio" ? [interfacePath(out)] : [])];
    await requireFree(dirname(out), files.map((path) => basename(path)), options);
    return () => Promise.resolve();
  }
  const endings = { labelme: ".json", yolo: ".txt", values: ".png", colours: ".png" };
  const names = ids.map((id) => `${id}${endings[format as keyof typeof endings]}`);
  if (format !== "yolo") return await claimFiles(out, names, options);
  const [labels, own] = [join(out, "labels"), new Set(names)];
  const there = await isFolder(labels) ? [...(await openTree(labels))!.keys()] : [];
  const others = there.filter((name) => name.endsWith(".txt") && !own.has(name));
  if (others.length > 0) {
    throw new InputError(
      `Cannot write to ${labels}: labels of other photographs are there (${others.length}, such as ` +
        `${others[0]}), which would be among these. Delete them, or give another --out.`,
    );
  }
  return await claimFiles(out, [...names.map((name) => `labels/${name}`), "data.yaml"], options);
}

/** The path of the labelling interface that goes with tasks of Label Studio. */
function interfacePath(out: string): string {
  return `${out.replace(/\.json$/i, "")}.xml`;
}

/** Writes masks in the form that is wanted. */
export async function writeExported(
  drawn: Drawn,
  { format, out, prefix, offset }: ExportOptions,
  table: ClassTable | undefined,
): Promise<void> {
  switch (format) {
    case "coco":
      return await writeAtomic(out, JSON.stringify(await writeCoco(drawn, "polygons")) + "\n");
    case "coco-rle":
      return await writeAtomic(out, JSON.stringify(await writeCoco(drawn, "runs")) + "\n");
    case "cvat":
      return await writeAtomic(out, await writeCvat(drawn));
    case "label-studio":
      await writeAtomic(out, JSON.stringify(await writeLabelStudio(drawn, prefix)) + "\n");
      return await writeAtomic(interfacePath(out), labelStudioConfig(drawn.classes));
    case "labelme":
      for await (const [name, content] of writeLabelme(drawn, out)) {
        await writeJson(join(out, name), content);
      }
      return;
    case "yolo":
      for await (const [name, content] of writeYolo(drawn)) {
        await writeAtomic(join(out, name), content);
      }
      return;
  }
  const { classes, masks } = drawn;
  const indices = table && inClasses(table, classes);
  for await (const { id, mask } of masks) {
    const bytes = format === "values"
      ? encodeValues(mask, { table: indices, offset }, classes)
      : encodeColours(mask, indices!, classes);
    await writeAtomic(join(out, `${id}.png`), bytes);
  }
}

/** A table with the indices that its classes have in the masks; what they do not have is left out. */
function inClasses(
  table: ClassTable,
  classes: readonly string[],
): ReadonlyMap<number, number> {
  return new Map([...table.indices].flatMap(([key, c]) => {
    const index = c === 255 ? 255 : c === 0 ? 0 : classes.indexOf(table.classes[c]);
    return index < 0 ? [] : [[key, index]];
  }));
}
