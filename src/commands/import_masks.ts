import { join } from "@std/path";
import * as z from "zod";
import { readClassTable } from "../data/formats/class_table.ts";
import { isInside } from "../data/formats/file_tree.ts";
import { type ForeignSet, unusable } from "../data/formats/foreign_set.ts";
import { isPhotograph, matchPhotographs } from "../data/formats/match_photographs.ts";
import { foreignForms, openForeign } from "../data/formats/open_foreign.ts";
import { parseClassList, readClasses } from "../data/labels/classes.ts";
import { labelFileIn } from "../data/labels/find_labels.ts";
import { findPhotographs } from "../data/sets/photographs.ts";
import { idOf } from "../data/sets/photograph_name.ts";
import { writeAtomic } from "../files/atomic.ts";
import { claimFiles, isUnfinished } from "../files/claim_files.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { writeJson } from "../files/json.ts";
import { counted, leftOutOf, listed } from "../files/listed.ts";
import { readText } from "../files/read_bytes.ts";
import { requireApart } from "../files/require_apart.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { output } from "../options/outputs.ts";
import { checkTargets, writeImported } from "./write_imported.ts";

const config = z.strictObject({
  from: z.string().min(1).describe(
    "The file, archive or folder that another program wrote",
  ),
  format: z.enum(["auto", ...foreignForms]).default("auto").describe(
    "What it is; its content tells, but for PNG files of values or colours",
  ),
  data: output(
    z.string().min(1).describe(
      "Folder of the photographs; classes.txt and image_labels.json are added where there are none",
    ),
  ),
  out: output(
    z.string().optional().describe(
      "Folder for the masks; SegmentationClass in the data folder by default",
    ),
  ),
  classes: z.string().optional().describe(
    "File of class names, one a line, in the order that masks are to have; classes.txt of the data " +
      "folder by default, else the order of the program",
  ),
  table: z.string().optional().describe(
    'File of what values or colours stand for, lines like "7,road" or "128,0,0,cat"',
  ),
  offset: z.int().min(-65535).max(65535).default(0).describe(
    "Added to values to make class indices, such as -1; what falls below 0 is void",
  ),
  overwrite: z.boolean().default(false).describe("Replace masks that are there"),
});

type Config = z.output<typeof config>;

/** Writes masks, classes and image labels out of the files of other programs. */
export const importMasks: Command<typeof config> = command({
  name: "import masks",
  summary:
    "Read masks of CVAT, Label Studio, labelme, COCO, YOLO, or PNG files of values or colours.",
  example: "import masks cvat.zip --data photos",
  config,
  argument: "from",
  async run(config, context) {
    const { data } = config;
    const own = config.classes ?? join(data, "classes.txt");
    const known = config.classes || await isFile(own) ? await readClasses(own) : undefined;
    const found = await opened(config, known);
    if (found.masks.length === 0) {
      throw unusable(found.source, ["it has no masks", ...found.leftOut].join(", but "));
    }
    const toKnown = indicesIn(known, found, own);
    const classes = known ?? parseClassList(found.classes.join("\n"), found.source).names;
    context.log(
      `${counted(found.masks.length, "mask")} of ${found.form} in ${found.source}, classes: ` +
        listed(found.classes.slice(1), 6),
    );
    const photographs = await photographsOf(data, found, context);
    const names = found.masks.map(({ name }) => name);
    const { ids, unmatched } = matchPhotographs(names, photographs);
    if (ids.size === 0) {
      throw new InputError(
        `Cannot use ${found.source}: none of its ${names.length} masks is of a photograph in ${data}, ` +
          `such as ${names[0]}. Give the folder of the photographs as --data.`,
      );
    }
    const out = config.out ?? join(data, "SegmentationClass");
    checkTargets(ids);
    const { overwrite } = config;
    const files = Array.from(ids.values(), (id) => `${id}.png`);
    const folder = await findPhotographs(data).then(({ path }) => path, () => undefined);
    if (folder !== undefined) {
      await requireApart(
        files.map((name) => join(out, name)),
        photographs.map((name) => join(folder, name)),
      );
    }
    const finished = await claimFiles(out, files, { what: "masks", overwrite });
    const labels = await writeImported(found, { ids, out, data, toKnown }, context);
    if (!await isFile(own)) await writeAtomic(own, classes.map((name) => `${name}\n`).join(""));
    const labelFile = join(data, "image_labels.json");
    const labelled = await labelFileIn(data);
    const kept = labelled !== undefined && !(overwrite && labelled === labelFile);
    if (!kept) {
      const named = Object.fromEntries(
        Array.from(labels, ([id, indices]) => [id, indices.map((c) => classes[c])]),
      );
      await writeJson(labelFile, named);
    }
    await finished();
    const without = photographs.map(idOf).filter((id) => !labels.has(id));
    for (
      const what of [
        ...found.leftOut,
        ...leftOutOf(`masks of photographs that are not in ${data}`, unmatched),
        ...leftOutOf("photographs without a mask", without),
        ...(kept ? [`image labels, because ${labelled} is there`] : []),
      ]
    ) context.log(`Left out: ${what}`);
    const written = kept ? "" : `, image labels in ${labelFile}`;
    context.log(`${counted(labels.size, "mask")} written to ${out}, classes in ${own}${written}`);
  },
});

async function opened(config: Config, classes?: readonly string[]): Promise<ForeignSet> {
  const { from, format, offset } = config;
  const kind = format === "colours" ? "colours" : "values";
  const table = config.table === undefined
    ? undefined
    : readClassTable(await readText(config.table), config.table, kind);
  return await openForeign(from, format === "auto" ? undefined : format, {
    table,
    offset,
    classes,
  });
}

/** The index that each class has among those that are known already; throws InputError for a new one. */
function indicesIn(
  known: readonly string[] | undefined,
  { classes, source }: ForeignSet,
  path: string,
): Uint8Array {
  const place = Uint8Array.from({ length: 256 }, (_, c) => c);
  if (known === undefined) return place;
  classes.forEach((name, c) => {
    const index = c === 0 ? 0 : known.indexOf(name);
    if (index < 0) {
      throw new InputError(
        `Cannot use ${source}: its class ${name} is not in ${path}. Add it there, or give --classes.`,
      );
    }
    place[c] = index;
  });
  return place;
}

/** The photographs of the data folder; those that come with the masks where it has none. */
async function photographsOf(
  data: string,
  { photographs }: ForeignSet,
  { log }: Context,
): Promise<readonly string[]> {
  const there = await findPhotographs(data).then(({ names }) => names, (error) => {
    if (error instanceof InputError) return [];
    throw error;
  });
  const folder = join(data, "JPEGImages");
  const own = [...photographs ?? []].filter(([name]) => isPhotograph(name) && isInside(name));
  const names = own.map(([name]) => name);
  if (there.length > 0 && (names.length === 0 || !await isUnfinished(folder))) return there;
  if (names.length === 0) {
    log(`${data} has no photographs yet: the sizes of the masks are not compared with theirs`);
    return [];
  }
  const finished = await claimFiles(folder, names, { what: "photographs", overwrite: false });
  for (const [name, bytes] of own) await writeAtomic(join(folder, name), bytes());
  await finished();
  log(`${counted(names.length, "photograph")} from there written to ${folder}`);
  return names;
}
