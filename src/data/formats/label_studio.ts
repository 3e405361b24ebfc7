import { decodeBinary, encodeBinary } from "@thi.ng/rle-pack/binary";
import * as z from "zod";
import { vocPalette } from "../masks/mask.ts";
import type { Mask } from "../masks/mask.ts";
import type { Drawn } from "./drawn.ts";
import {
  checked,
  emptyMask,
  foreignClasses,
  foreignIndex,
  type ForeignMask,
  type ForeignSet,
  listedName,
  Tally,
  within,
} from "./foreign_set.ts";
import { fillBox, fillRing } from "./polygon.ts";

const names = z.array(z.string()).optional();
const result = z.object({
  type: z.string().optional(),
  original_width: z.int().positive().optional(),
  original_height: z.int().positive().optional(),
  image_rotation: z.number().optional(),
  value: z.object({
    rle: z.array(z.int().min(0).max(255)).optional(),
    points: z.array(z.tuple([z.number(), z.number()])).optional(),
    x: z.number().optional(),
    y: z.number().optional(),
    width: z.number().optional(),
    height: z.number().optional(),
    rotation: z.number().optional(),
    rectanglelabels: names,
    brushlabels: names,
    polygonlabels: names,
    labels: names,
  }).optional(),
});
const annotation = z.object({
  was_cancelled: z.boolean().optional(),
  result: z.array(result).default([]),
});
const schema = z.array(z.object({
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(annotation).optional(),
  predictions: z.array(annotation).optional(),
}));

type Result = z.output<typeof result>;

/**
 * Masks out of Label Studio's JSON: brushes and polygons, in their order, the later above. Of several
 * annotations of a task the last that was not cancelled counts, or else its last prediction. Rectangles are
 * void, under the others.
 */
export function labelStudioSet(value: unknown, source: string): ForeignSet {
  const tasks = checked(schema, value, source, "export of Label Studio");
  const tally = new Tally();
  const drawn = tasks.flatMap(({ data, annotations = [], predictions = [] }) => {
    const all = [...predictions, ...annotations.filter(({ was_cancelled }) => !was_cancelled)];
    if (all.length === 0) { // an annotation that is empty says that there is nothing to draw
      tally.add(`tasks of ${source} that nobody has annotated`);
      return [];
    }
    if (all.length > 1) tally.add(`earlier annotations of tasks of ${source}`);
    const { result: given } = all.at(-1)!;
    const results = given.filter((one) => shapeOf(one) !== undefined);
    const others = given.filter((one) => shapeOf(one) === undefined);
    for (const { type = "none" } of others) {
      tally.add(`annotations of ${source} of the type ${type}`);
    }
    const image = Object.values(data).find((own) => typeof own === "string" && isImage(own));
    if (image === undefined) {
      tally.add(`tasks of ${source} without an image`);
      return [];
    }
    const name = nameOfUrl(String(image));
    if (results.length === 0 && others.length > 0) {
      tally.addBoxed(source, name);
      return [];
    }
    const boxes = others.filter(isBox);
    if (boxes.length > 0) tally.addPartlyBoxed(source, name, true);
    if (others.some((one) => !isBox(one) && one.value?.x !== undefined)) {
      tally.addPartlyBoxed(source, name, false);
    }
    return [{ name, results, boxes }];
  });
  const all = new Set(
    drawn.flatMap(({ results, boxes }) =>
      [...results, ...boxes].flatMap(({ value }) => (labelsOf(value) ?? []).map(listedName))
    ),
  );
  const classes = foreignClasses([...all].sort(), source);
  const classOf = (label: string) => foreignIndex(label, classes);
  const masks = drawn.map(({ name, results, boxes }): ForeignMask => ({
    name,
    boxed: boxes.flatMap(({ value }) => (labelsOf(value) ?? []).map(classOf)),
    read: async (size) => {
      const [first] = results;
      const own = { width: first?.original_width, height: first?.original_height };
      const known = own.width && own.height
        ? { width: own.width, height: own.height }
        : await size();
      const mask = emptyMask(known, source, name);
      for (const one of [...boxes, ...results]) {
        within(source, name, () => {
          if (one.image_rotation) {
            throw new SyntaxError("it was turned there while it was drawn on");
          }
          paint(mask, one, isBox(one) ? 255 : classOf(labelOf(one)));
        });
      }
      return mask;
    },
  }));
  return { form: "Label Studio", source, classes, masks, leftOut: tally.lines };
}

function shapeOf({ value }: Result): "brush" | "polygon" | undefined {
  if (labelsOf(value)?.length !== 1) return undefined;
  return value?.rle ? "brush" : value?.points ? "polygon" : undefined;
}

/** Whether it is a rectangle; the points of a skeleton have a width too. */
function isBox({ type, value }: Result): boolean {
  return value?.width !== undefined && value.height !== undefined && !/keypoint/.test(type ?? "");
}

/** Labels are of a shape's own tag, or of the tag Labels beside it. */
function labelsOf(value: Result["value"]): readonly string[] | undefined {
  return value?.brushlabels ?? value?.polygonlabels ?? value?.rectanglelabels ?? value?.labels;
}

function labelOf({ value }: Result): string {
  return labelsOf(value)![0];
}

function paint(mask: Mask, one: Result, index: number): void {
  const { width, height } = mask;
  if (shapeOf(one) === "polygon") {
    const ring = one.value!.points!.flatMap(([x, y]) => [x * width / 100, y * height / 100]);
    fillRing(mask, ring, index);
    return;
  }
  if (isBox(one)) {
    const { x = 0, y = 0, width: wide = 0, height: high = 0, rotation: turn } = one.value!;
    const [right, down] = [width / 100, height / 100];
    const box = { x: x * right, y: y * down, width: wide * right, height: high * down, turn };
    return fillBox(mask, box, index);
  }
  const pixels = unpacked(Uint8Array.from(one.value!.rle!), 4 * width * height);
  // Brushes have soft edges, and scripts write masks of any strength, such as 0 and 1.
  let most = 0;
  for (let u = 0; u < mask.data.length; u++) most = Math.max(most, pixels[4 * u + 3]);
  for (let u = 0; u < mask.data.length; u++) {
    if (2 * pixels[4 * u + 3] > most) mask.data[u] = index;
  }
}

/** The bytes that Label Studio's runs stand for, of which there must be so many. */
function unpacked(packed: Uint8Array, length: number): ArrayLike<number> {
  const stated = packed.length < 7 ? 0 : new DataView(packed.buffer).getUint32(0);
  if (stated !== length) {
    throw new SyntaxError(`its runs make ${stated} values, not ${length}, four for each pixel`);
  }
  try {
    return decodeBinary(packed);
  } catch (cause) {
    throw new SyntaxError("its runs are damaged", { cause });
  }
}

function isImage(text: string): boolean {
  return /\.(jpe?g|jpe|jfif|png|webp|tiff?|bmp|gif)([?#].*)?$/i.test(text);
}

/** The name of a file in a URL or a path of Label Studio: `/data/local-files/?d=a/1.jpg` is `a/1.jpg`. */
function nameOfUrl(url: string): string {
  const local = /[?&]d=([^&#]+)/.exec(url)?.[1];
  const path = local ?? url.replace(/[?#].*$/, "").replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*\//i, "");
  let name = path;
  try {
    name = decodeURIComponent(path);
  } catch {
    // A name with a bare per cent sign is as it is.
  }
  // What was uploaded has the number of its project and some digits before its name.
  return name.replace(/^\/?data\/upload\/(\d+\/)?([0-9a-f]{8}-)?/, "").replace(/^\/+/, "");
}

/** Masks as Label Studio's tasks, a brush for each class; `prefix` stands before the names of the files. */
export async function writeLabelStudio(
  { classes, masks }: Drawn,
  prefix: string,
): Promise<object[]> {
  const tasks: object[] = [];
  for await (const { file, mask } of masks) {
    const { width, height, data } = mask;
    const present = [...new Set(data)].filter((c) => c !== 0 && c !== 255).sort((a, b) => a - b);
    const result = present.map((c, i) => {
      const pixels = new Uint8Array(4 * data.length);
      data.forEach((own, u) => own === c && pixels.fill(255, 4 * u, 4 * u + 4));
      return {
        ...{ id: `brush-${i + 1}`, from_name: "tag", to_name: "image", type: "brushlabels" },
        ...{ original_width: width, original_height: height, image_rotation: 0, origin: "manual" },
        value: {
          format: "rle",
          rle: Array.from(encodeBinary(pixels, pixels.length)),
          brushlabels: [classes[c]],
        },
      };
    });
    const image = prefix + file.split("/").map(encodeURIComponent).join("/");
    tasks.push({ data: { image }, annotations: [{ result }] });
  }
  return tasks;
}

/** The labelling interface that Label Studio needs for such tasks. */
export function labelStudioConfig(classes: readonly string[]): string {
  const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const hex = (c: number) =>
    `#${vocPalette[c].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
  const labels = classes.slice(1).map((name, i) =>
    `    <Label value="${escaped(name)}" background="${hex(i + 1)}"/>`
  );
  return [
    "<View>",
    '  <Image name="image" value="$image" zoom="true"/>',
    '  <BrushLabels name="tag" toName="image">',
    ...labels,
    "  </BrushLabels>",
    "</View>",
    "",
  ].join("\n");
}
