import { parse } from "yaml";
import { linesOf } from "../../files/read_bytes.ts";
import type { Drawn } from "./drawn.ts";
import type { FileTree } from "./file_tree.ts";
import {
  emptyMask,
  foreignClasses,
  foreignIndex,
  type ForeignMask,
  type ForeignSet,
  Tally,
  unusable,
  within,
} from "./foreign_set.ts";
import { outlineOf, regionsOf } from "./outlines.ts";
import { fillBox, fillRing } from "./polygon.ts";

const YAML = /(^|\/)(data|dataset)\.ya?ml$/i;
/** What Label Studio writes instead: a name in each line. */
const LIST = /(^|\/)classes\.txt$/i;
const LABELS = /^(?:.*\/)?labels\/(?:(?:train|val|test)\/)?(.+)\.txt$/i;

/** Whether files are YOLO's: a description in YAML, or a list of classes, beside texts of labels. */
export function isYolo(files: FileTree): boolean {
  const names = [...files.keys()];
  return names.some((name) => YAML.test(name)) ||
    names.some((name) => LIST.test(name)) && names.some((name) => LABELS.test(name));
}

/**
 * Masks out of YOLO's segmentation labels: lines `class x y x y ...`, shares of width and height, the
 * later above; class 0 is the first of the names in data.yaml or classes.txt. Boxes, lines of four shares,
 * are void, under the outlines.
 */
export async function yoloSet(files: FileTree, source: string): Promise<ForeignSet> {
  const path = [YAML, LIST].map((form) => [...files.keys()].find((name) => form.test(name)))
    .find((name) => name !== undefined);
  if (path === undefined) {
    throw unusable(source, "it has no data.yaml or classes.txt with the names of the classes");
  }
  const text = new TextDecoder().decode(await files.get(path)!());
  const names = LIST.test(path)
    ? linesOf(text).map((line) => line.trim()).filter((line) => line !== "")
    : namesOf(text, `${path} of ${source}`);
  const classes = foreignClasses(names, source);
  const tally = new Tally();
  const masks: ForeignMask[] = [];
  for (const [file, bytes] of files) {
    const id = LABELS.exec(file)?.[1];
    if (id === undefined) continue;
    const lines = linesOf(new TextDecoder().decode(await bytes())).map((line) => line.trim());
    const shapes = lines.flatMap((line, i) => {
      if (line === "") return [];
      const [index, ...ring] = line.split(/\s+/).map(Number);
      if (names[index] === undefined || !ring.every(Number.isFinite)) {
        throw unusable(
          source,
          `line ${i + 1} of ${file} is no class of ${path} and shares of points`,
        );
      }
      if (ring.length === 4) tally.add(`boxes of ${source}, which have no outline`);
      return [{ index: foreignIndex(names[index], classes), ring }];
    });
    const { boxes = [], outlines = [] } = Object.groupBy(
      shapes,
      ({ ring }) => ring.length === 4 ? "boxes" : "outlines",
    );
    if (boxes.length > 0 && outlines.length === 0) {
      tally.addBoxed(source, id);
      continue;
    }
    if (boxes.length > 0) tally.addPartlyBoxed(source, id, true);
    masks.push({
      name: id,
      boxed: boxes.map(({ index }) => index),
      read: async (size) => {
        const mask = emptyMask(await size(), source, id);
        const { width, height } = mask;
        const scaled = ({ ring }: typeof shapes[number]) =>
          ring.map((share, i) => share * (i % 2 === 0 ? width : height));
        for (const box of boxes) {
          const [x, y, w, h] = scaled(box); // x and y are its centre
          const corner = { x: x - w / 2, y: y - h / 2, width: w, height: h };
          within(source, id, () => fillBox(mask, corner, 255));
        }
        for (const outline of outlines) {
          within(source, id, () => fillRing(mask, scaled(outline), outline.index));
        }
        return mask;
      },
    });
  }
  if (masks.length === 0) {
    const why = tally.lines.length > 0 ? "outlines, only boxes" : "labels, labels/ID.txt";
    throw unusable(source, `it has no ${why}`);
  }
  return { form: "YOLO segmentation", source, classes, masks, leftOut: tally.lines };
}

/** The names of the classes: a list, or a mapping from 0 on. */
function namesOf(text: string, source: string): readonly string[] {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 10 });
  } catch (error) {
    if ((error as Error).name === "NotCapable") throw error; // the reader asks for LOG_TOKENS
    throw unusable(source, `it is no YAML (${(error as Error).message.split("\n")[0]})`);
  }
  const { names } = Object(value);
  const all = Array.isArray(names)
    ? names
    : Object.keys(Object(names)).map((_, i) => Object(names)[i]);
  if (all.length > 0 && all.every((name) => typeof name === "string" || typeof name === "number")) {
    return all.map(String);
  }
  throw unusable(source, 'it has no "names", a list or 0, 1 and so on with a name each');
}

/** Masks as YOLO's files by their names: a polygon for each region, and data.yaml. */
export async function* writeYolo(
  { classes, masks }: Drawn,
): AsyncGenerator<readonly [name: string, content: string]> {
  for await (const { id, mask } of masks) {
    const { width, height } = mask;
    const lines = regionsOf(mask, [0, 255]).map((region) => {
      const shares = outlineOf(region, mask).map((v, i) =>
        +(v / (i % 2 === 0 ? width : height)).toFixed(8)
      );
      return `${region.index - 1} ${shares.join(" ")}\n`;
    });
    yield [`labels/${id}.txt`, lines.join("")];
  }
  // Without a path, its own folder is the root; "." would be the folder in which one trains.
  const names = classes.slice(1).map((name, i) => `  ${i}: ${JSON.stringify(name)}\n`);
  yield ["data.yaml", `train: images\nval: images\nnames:\n${names.join("")}`];
}
