import { decidedMask, readDecisionsOf } from "../data/decisions/certain_masks.ts";
import type { Decision } from "../data/decisions/decision.ts";
import { requireSize } from "../data/masks/require_size.ts";
import { settle } from "../data/masks/settle.ts";
import { basename, join } from "@std/path";
import * as z from "zod";
import { readClassTable } from "../data/formats/class_table.ts";
import type { DrawnMask } from "../data/formats/drawn.ts";
import { findMasks } from "../data/masks/find_masks.ts";
import { readMask } from "../data/masks/mask.ts";
import type { Voc } from "../data/sets/voc.ts";
import { InputError } from "../files/error.ts";
import { counted } from "../files/listed.ts";
import { readText } from "../files/read_bytes.ts";
import { requireApart } from "../files/require_apart.ts";
import { requireFiles } from "../files/require_files.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { dataOptions, openData } from "../options/data_options.ts";
import { output } from "../options/outputs.ts";
import { sayData } from "../options/say_data.ts";
import { claimExport, exportFormats, isOneFile, writeExported } from "./write_exported.ts";

const config = z.strictObject({
  masks: z.string().min(1).describe("Folder of masks, ID.png, anywhere or in the data folder"),
  format: z.enum(exportFormats).describe("What to write"),
  out: output(
    z.string().min(1).describe(
      "Where: a file for coco, cvat and label-studio, a folder for the others",
    ),
  ),
  decisions: z.string().optional().describe(
    "File of decisions that review has written, which the masks follow",
  ),
  ...dataOptions,
  list: dataOptions.list.default("all"),
  prefix: z.string().default("/data/local-files/?d=").describe(
    "What stands before the names of the photographs for Label Studio",
  ),
  table: z.string().optional().describe(
    'File of the values or colours of the classes, lines like "7,road" or "128,0,0,cat"',
  ),
  offset: z.int().min(-65535).max(254).default(0).describe(
    "What was added to values to make class indices: -1 writes class 0 as 1, and void as 0",
  ),
  overwrite: z.boolean().default(false).describe("Replace files that are there"),
});

type Config = z.output<typeof config>;

/** Writes masks for other programs; says what they cannot hold. */
export const exportMasks: Command<typeof config> = command({
  name: "export masks",
  summary: "Write masks for CVAT, Label Studio, labelme, COCO or YOLO, or as values or colours.",
  example: "export masks refined --data photos --format cvat --out refined.zip",
  config,
  argument: "masks",
  writes: ({ format, out }) => Promise.resolve(isOneFile(format) ? [join(out, "..")] : []),
  async run(config, context) {
    const voc = await openData(config);
    const found = await findMasks(voc.root, config.masks);
    await requireFiles(
      `the masks ${found.path}`,
      voc.items.map(({ id }) => join(found.path, `${id}.png`)),
      "Give a shorter --list.",
    );
    if (["values", "colours"].includes(config.format)) { // the others write no pictures
      await requireApart(
        [join(config.out, "mask.png")],
        voc.items.flatMap(({ id, image }) => [image, join(found.path, id), join(voc.masks, id)]),
      );
    }
    const table = await tableOf(config);
    const { decisions: path } = config;
    const decided = path === undefined ? undefined : { path, ...await readDecisionsOf(voc, path) };
    const finished = await claimExport(config, voc.items.map(({ id }) => id));
    sayData(context.log, voc);
    for (const what of found.leftOut) context.log(`Left out: ${what}`);
    for (const line of decided?.lines ?? []) context.log(line);
    const lost = { pixels: 0, masks: 0 };
    const drawn = { classes: voc.classes, masks: drawnOf(voc, found.path, decided, lost, context) };
    await writeExported(drawn, config, table);
    await finished();
    const keeps = ["labelme", "values", "colours"].includes(config.format);
    if (lost.pixels > 0 && !keeps) {
      context.log(
        `Left out: void, ${lost.pixels} pixels of ${counted(lost.masks, "mask")}, which ` +
          `${config.format} does not know: they are background there`,
      );
    }
    context.log(
      `${counted(voc.items.length, "mask")} written to ${config.out} as ${config.format}`,
    );
  },
});

/** The value or colour of each class. */
async function tableOf({ format, table, classes, data }: Config) {
  if (table !== undefined) {
    const kind = format === "colours" ? "colours" : "values";
    return readClassTable(await readText(table), table, kind);
  }
  if (format !== "colours") return undefined;
  throw new InputError(
    `Cannot write masks of ${classes ?? data} as colours: nothing says which. Give --table.`,
  );
}

/** The masks one at a time, with what is void in them counted. */
async function* drawnOf(
  { items, images, classes }: Voc,
  folder: string,
  decided: { path: string; groups: ReadonlyMap<string, readonly Decision[]> } | undefined,
  lost: { pixels: number; masks: number },
  { progress, signal }: Context,
): AsyncGenerator<DrawnMask> {
  const display = progress("export", items.length);
  try {
    for (const [i, { id, image }] of items.entries()) {
      signal.throwIfAborted();
      const path = join(folder, `${id}.png`);
      const own = await readMask(path, { classes: classes.length });
      const sure = decided && await decidedMask({ id, image }, decided.groups, decided.path);
      if (sure) requireSize(own, path, sure, image);
      const mask = settle(own, sure);
      const voids = mask.data.reduce((sum, c) => sum + Number(c === 255), 0);
      lost.pixels += voids;
      lost.masks += Number(voids > 0);
      const file = image.startsWith(images)
        ? image.slice(images.length).replace(/^[/\\]+/, "").replaceAll("\\", "/")
        : basename(image);
      yield { id, file, image, mask };
      display.update(i + 1);
    }
  } finally {
    display.done();
  }
}
