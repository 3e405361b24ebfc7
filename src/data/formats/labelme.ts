import { dirname, join, relative } from "@std/path";
import * as z from "zod";
import { parseJson } from "../../files/json.ts";
import { decodePng, isPng } from "../images/png.ts";
import type { Mask } from "../masks/mask.ts";
import type { Drawn } from "./drawn.ts";
import type { FileTree } from "./file_tree.ts";
import {
  checked,
  emptyMask,
  foreignClasses,
  foreignIndex,
  type ForeignMask,
  type ForeignSet,
  listedName,
  Tally,
  unusable,
  within,
} from "./foreign_set.ts";
import { outlineOf, regionsOf } from "./outlines.ts";
import { fillRing } from "./polygon.ts";

const point = z.tuple([z.number(), z.number()]);
const shape = z.object({
  label: z.string().min(1),
  points: z.array(point),
  shape_type: z.string().nullish(),
  mask: z.string().nullish(),
});
const schema = z.object({
  shapes: z.array(shape),
  imagePath: z.string().nullish(),
  imageHeight: z.int().positive().nullish(),
  imageWidth: z.int().positive().nullish(),
});

type Shape = z.output<typeof shape>;

/** What labelme calls pixels that are of no class. */
const IGNORED = "__ignore__";
const drawn = ["polygon", "rectangle", "oriented_rectangle", "circle", "mask"];

/** Whether files are labelme's: one JSON for each photograph. */
export function isLabelme(files: FileTree): boolean {
  return [...files.keys()].some((name) => /\.json$/i.test(name));
}

/** Masks out of labelme's files, one for each photograph; shapes in their order, the later above. */
export async function labelmeSet(files: FileTree, source: string): Promise<ForeignSet> {
  const tally = new Tally();
  const read: { name: string; file: z.output<typeof schema>; shapes: readonly Shape[] }[] = [];
  for (const [path, bytes] of files) {
    if (!/\.json$/i.test(path)) continue;
    const text = new TextDecoder().decode(await bytes());
    const file = checked(
      schema,
      within(source, path, () => parseJson(text)),
      `${path} of ${source}`,
      "file of labelme",
    );
    const shapes = file.shapes.filter(({ shape_type }) => {
      const kind = shape_type ?? "polygon";
      if (drawn.includes(kind)) return true;
      tally.add(`shapes of ${source} of the type ${kind}`);
      return false;
    });
    read.push({ name: path.replace(/\.json$/i, ""), file, shapes });
  }
  if (read.length === 0) throw unusable(source, "it has no files of labelme, ID.json");
  const labels = new Set(
    read.flatMap(({ shapes }) => shapes.map(({ label }) => listedName(label))),
  );
  const classes = foreignClasses([...labels].sort(), source);
  const masks = read.map(({ name, file, shapes }): ForeignMask => ({
    name,
    read: async (size) => {
      const { imageWidth: width, imageHeight: height } = file;
      const mask = emptyMask(width && height ? { width, height } : await size(), source, name);
      for (const one of shapes) {
        const { label } = one;
        within(source, name, () => paint(mask, one, foreignIndex(label, classes)));
      }
      return mask;
    },
  }));
  return { form: "labelme", source, classes, masks, leftOut: tally.lines };
}

function paint(mask: Mask, { points, shape_type, mask: packed }: Shape, index: number): void {
  const [[x1, y1], [x2, y2]] = [points[0] ?? [NaN, NaN], points[1] ?? [NaN, NaN]];
  switch (shape_type ?? "polygon") {
    case "rectangle":
      return fillRing(mask, [x1, y1, x2, y1, x2, y2, x1, y2], index);
    case "circle": {
      const radius = Math.hypot(x2 - x1, y2 - y1);
      const ring = Array.from({ length: 720 }, (_, i) => {
        const angle = 2 * Math.PI * Math.floor(i / 2) / 360;
        return i % 2 === 0 ? x1 + radius * Math.cos(angle) : y1 + radius * Math.sin(angle);
      });
      return fillRing(mask, ring, index);
    }
    case "mask":
      return stamp(mask, packed ?? "", [x1, y1], index);
    default:
      return fillRing(mask, points.flat(), index);
  }
}

/** A PNG in base64 whose pixels that are not 0 belong to the shape; it lies at a corner. */
function stamp(mask: Mask, base64: string, [left, top]: readonly number[], index: number): void {
  const bytes = Uint8Array.fromBase64(base64); // throws SyntaxError
  if (!isPng(bytes) || !Number.isFinite(left + top)) {
    throw new SyntaxError("a mask of it is no PNG at a place");
  }
  const { width, height, channels, samples } = decodePng(bytes);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [Math.round(left) + x, Math.round(top) + y];
      if (samples[(y * width + x) * channels] === 0) continue;
      if (u < 0 || v < 0 || u >= mask.width || v >= mask.height) {
        throw new SyntaxError("a mask of it reaches beyond the photograph");
      }
      mask.data[v * mask.width + u] = index;
    }
  }
}

/**
 * Masks as labelme's files by their names: a polygon for each region, void as `__ignore__`.
 *
 * @param folder where they will be: labelme looks for the photographs from there
 */
export async function* writeLabelme(
  { classes, masks }: Drawn,
  folder: string,
): AsyncGenerator<readonly [name: string, content: object]> {
  for await (const { id, image, mask } of masks) {
    const shapes = regionsOf(mask, [0]).map((region) => {
      const ring = outlineOf(region, mask);
      const points = Array.from(
        { length: ring.length / 2 },
        (_, i) => ring.slice(2 * i, 2 * i + 2),
      );
      const label = region.index === 255 ? IGNORED : classes[region.index];
      return { label, points, group_id: null, description: "", shape_type: "polygon", flags: {} };
    });
    const name = `${id}.json`;
    const imagePath = relative(dirname(join(folder, name)), image).replaceAll("\\", "/");
    const { width: imageWidth, height: imageHeight } = mask;
    yield [name, {
      ...{ version: "5.5.0", flags: {}, shapes, imagePath, imageData: null },
      ...{ imageHeight, imageWidth },
    }];
  }
}
