import * as z from "zod";
import type { Mask } from "../masks/mask.ts";
import { paintRuns, parseRuns, runsOf, writeRuns } from "./coco_rle.ts";
import type { Drawn } from "./drawn.ts";
import {
  checked,
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
import { fillBox, fillRing, ringArea } from "./polygon.ts";

const side = z.int().positive();
const id = z.union([z.int(), z.string()]);
const annotation = z.object({
  image_id: id,
  category_id: z.int(),
  area: z.number().optional(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional().catch(undefined),
  segmentation: z.union([
    z.array(z.array(z.number())),
    z.object({
      size: z.tuple([side, side]),
      counts: z.union([z.string(), z.array(z.int().min(0))]),
    }),
    z.null(),
  ]).optional(),
});
const schema = z.object({
  images: z.array(z.object({ id, file_name: z.string().min(1), width: side, height: side })),
  annotations: z.array(annotation),
  categories: z.array(z.object({ id: z.int(), name: z.string().min(1) })),
});

type Annotation = z.output<typeof annotation>;

/**
 * Masks out of a file of COCO's instances, polygons and runs. The classes are its categories in the order
 * of their ids. Where objects overlap the smaller lies above. Boxes of objects that have no outline are void,
 * under all others.
 */
export function cocoSet(value: unknown, source: string): ForeignSet {
  const { images, annotations, categories } = checked(schema, value, source, "file of COCO");
  const sorted = categories.toSorted((a, b) => a.id - b.id);
  const classes = foreignClasses(sorted.map(({ name }) => name), source);
  const classOf = new Map(sorted.map(({ id, name }) => {
    return [id, foreignIndex(name, classes)];
  }));
  const byImage = Map.groupBy(annotations, ({ image_id }) => String(image_id));
  const known = new Set(images.map(({ id }) => String(id)));
  const tally = new Tally();
  for (const { image_id, category_id, segmentation } of annotations) {
    if (!known.has(String(image_id))) tally.add(`annotations of ${source} of no image of it`);
    else if (!classOf.has(category_id)) tally.add(`annotations of ${source} of no category of it`);
    else if (isEmpty(segmentation)) tally.add(`annotations of ${source} without an outline`);
  }
  const masks = images.flatMap(({ id, file_name: name, ...size }): ForeignMask[] => {
    const { bare = [], outlined = [] } = Object.groupBy(
      byImage.get(String(id)) ?? [],
      ({ segmentation }) => isEmpty(segmentation) ? "bare" : "outlined",
    );
    if (bare.length > 0 && outlined.length === 0) {
      tally.addBoxed(source, name);
      return [];
    }
    for (const boxes of new Set(bare.map(({ bbox }) => bbox !== undefined))) {
      tally.addPartlyBoxed(source, name, boxes);
    }
    const read = () => {
      const mask = emptyMask(size, source, name);
      for (const { bbox } of bare) {
        if (!bbox) continue;
        const [x, y, width, height] = bbox;
        within(source, name, () => fillBox(mask, { x, y, width, height }, 255));
      }
      const own = outlined.filter(({ category_id }) => classOf.has(category_id));
      const areas = new Map(own.map((annotation) => {
        return [annotation, annotation.area ?? within(source, name, () => areaOf(annotation))];
      }));
      for (const annotation of own.sort((a, b) => areas.get(b)! - areas.get(a)!)) {
        const index = classOf.get(annotation.category_id)!;
        within(source, name, () => paint(mask, annotation, index));
      }
      return mask;
    };
    const boxed = bare.flatMap(({ category_id }) => classOf.get(category_id) ?? []);
    return [{ name, boxed, read }];
  });
  return { form: "COCO", source, classes, masks, leftOut: tally.lines };
}

function isEmpty(segmentation: Annotation["segmentation"]): boolean {
  return !segmentation ||
    Array.isArray(segmentation) && segmentation.every((ring) => ring.length === 0);
}

function paint(mask: Mask, { segmentation }: Annotation, index: number): void {
  if (Array.isArray(segmentation)) {
    for (const ring of segmentation) if (ring.length > 0) fillRing(mask, ring, index);
    return;
  }
  const { size: [height, width], counts } = segmentation!;
  if (height !== mask.height || width !== mask.width) {
    throw new SyntaxError(`its runs are of ${width} x ${height} pixels, not its size`);
  }
  paintRuns(mask, typeof counts === "string" ? parseRuns(counts) : counts, index);
}

/** Pixels of an object whose area the file does not say. */
function areaOf({ segmentation }: Annotation): number {
  if (Array.isArray(segmentation)) {
    return segmentation.reduce((sum, ring) => sum + ringArea(ring), 0);
  }
  const { counts } = segmentation!;
  const runs = typeof counts === "string" ? parseRuns(counts) : counts;
  return runs.reduce((sum, run, i) => i % 2 === 1 ? sum + run : sum, 0);
}

/** Masks as COCO's instances: a connected region each as a polygon, or a class of a photograph as runs. */
export async function writeCoco(
  { classes, masks }: Drawn,
  as: "polygons" | "runs",
): Promise<object> {
  const [images, annotations]: object[][] = [[], []];
  for await (const { file, mask } of masks) {
    const image_id = images.length + 1;
    const { width, height } = mask;
    images.push({ id: image_id, file_name: file, width, height });
    const add = (category_id: number, area: number, bbox: readonly number[], shape: object) =>
      annotations.push({
        ...{ id: annotations.length + 1, image_id, category_id, area, bbox },
        ...{ iscrowd: as === "runs" ? 1 : 0, segmentation: shape },
      });
    if (as === "polygons") {
      for (const region of regionsOf(mask, [0, 255])) {
        const { index, pixels } = region;
        add(index, pixels.length, boxOf(pixels, width), [outlineOf(region, mask)]);
      }
    } else {
      const present = [...new Set(mask.data)].filter((c) => c !== 0 && c !== 255).sort();
      for (const c of present) {
        const pixels = Int32Array.from(
          Array.from(mask.data.keys()).filter((u) => mask.data[u] === c),
        );
        const counts = writeRuns(runsOf(mask, c));
        add(c, pixels.length, boxOf(pixels, width), { size: [height, width], counts });
      }
    }
  }
  const categories = classes.slice(1).map((name, i) => ({ id: i + 1, name }));
  if (images.length === 0) throw unusable("the masks", "there are none", "Give a folder of masks");
  return { images, annotations, categories };
}

/** x, y, width and height of what encloses pixels. */
function boxOf(pixels: Int32Array, width: number): readonly number[] {
  let [left, right] = [Infinity, 0];
  for (const u of pixels) {
    left = Math.min(left, u % width);
    right = Math.max(right, u % width);
  }
  const [top, bottom] = [pixels[0], pixels[pixels.length - 1]].map((u) => Math.floor(u / width));
  return [left, top, right - left + 1, bottom - top + 1];
}
