import { encodeJpeg, fewestPixels } from "../../data/images/encode_jpeg.ts";
import { encodeImage, type Image, readImage } from "../../data/images/image.ts";
import { resizeAntialiased } from "../../data/images/resize_antialiased.ts";
import { resizeMask, viewMaps } from "../../data/images/resize.ts";
import { smallHeat, smallMask } from "../../data/images/small_png.ts";
import { fittedView } from "../../data/images/view.ts";
import { readMask } from "../../data/masks/mask.ts";
import { Random } from "../../data/random.ts";
import { percent } from "../../eval/percent.ts";
import { photographIou } from "../../eval/photograph_iou.ts";
import { InputError } from "../../files/error.ts";
import { isFile } from "../../files/is_file.ts";
import { counted, leftOutOf } from "../../files/listed.ts";
import type { Context } from "../../options/command.ts";
import { sigmoid } from "../../scpp/integration.ts";
import { maskNames } from "../../scpp/predict.ts";
import { gallery, type GalleryItem, type GalleryPicture } from "../../web/gallery.ts";
import { html, type Markup } from "../../web/html.ts";
import { type Chosen, chosen, KINDS, type MaskFacts } from "./chosen.ts";
import { colourOf } from "./colour.ts";
import type { Masks } from "./masks_of.ts";

/** How photographs are shown. */
export interface PictureOptions {
  /** How many of each kind. */
  readonly photographs: number;
  /** The longer side of a picture, at most. */
  readonly side: number;
  /** Seed of the random ones. */
  readonly seed: number;
}

/** Pictures of some photographs, and what was left out. */
export interface Pictures {
  /** A part of the report. */
  readonly body: Markup;
  /** What was left out, and why. */
  readonly leftOut: readonly string[];
}

/** Shows some photographs with their masks; those that cannot be read are left out, with the reason. */
export async function picturesOf(
  masks: Masks,
  options: PictureOptions,
  context: Pick<Context, "progress" | "signal">,
): Promise<Pictures> {
  const { items, columns } = masks;
  const facts: MaskFacts[] = [];
  const unread: string[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    context.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unread.push(error.message);
      return undefined;
    }
  };
  const measuring = context.progress("compare masks", items.length);
  for (const [i, item] of items.entries()) {
    const found = await attempt(() => factsOf(item, masks));
    if (found) facts.push(found);
    measuring.update(i + 1);
  }
  measuring.done();
  const random = new Random(options.seed).fork("report");
  const some = chosen(facts, options.photographs, columns.length > 1, random);
  const drawing = context.progress("draw", some.length);
  const shown: GalleryItem[] = [];
  for (const [i, one] of some.entries()) {
    const item = await attempt(() => itemOf(one, masks, options.side));
    if (item) shown.push(item);
    drawing.update(i + 1);
  }
  drawing.done();
  return {
    body: html`<p>${
      counted(shown.length, "photograph")
    } of ${items.length}: up to ${options.photographs} of each kind. ${
      columns.length > 1 &&
      html`
        "Changed" is the share of pixels at which ${columns[0]
          .name} and ${columns[columns.length - 1].name} differ.
      `
    }IoU is the mean over the classes of this photograph, in %.</p>
${gallery(shown, KINDS)}`,
    leftOut: [...masks.leftOut, ...leftOutOf("photographs whose files cannot be used", unread)],
  };
}

async function factsOf({ id, truth }: Masks["items"][number], masks: Masks): Promise<MaskFacts> {
  const { columns } = masks;
  const last = await columns[columns.length - 1].read(id);
  const first = columns.length > 1 ? await columns[0].read(id) : last;
  let changed = 0;
  last.data.forEach((c, u) => changed += Number(c !== first.data[u]));
  const known = await isFile(truth) ? await readMask(truth) : undefined;
  return {
    id,
    changed: changed / last.data.length,
    iou: known && photographIou(last, known, id),
  };
}

async function itemOf(
  { facts: { id, changed }, kinds }: Chosen,
  masks: Masks,
  side: number,
): Promise<GalleryItem> {
  const { columns, classes } = masks;
  const item = masks.items.find((one) => one.id === id)!;
  const photograph = await readImage(item.image);
  const view = fittedView(photograph, side, 1);
  const { width, height } = photograph.width <= side && photograph.height <= side
    ? photograph
    : view;
  const picture = (name: string, png: Uint8Array, figure?: string): GalleryPicture => {
    return { name, figure, source: address("image/png", png), width, height };
  };
  const truth = await isFile(item.truth) ? await readMask(item.truth) : undefined;
  const present = new Set<number>();
  const drawn: GalleryPicture[] = [];
  for (const { name, read } of columns) {
    const mask = await read(id);
    mask.data.forEach((c) => present.add(c));
    const figure = truth && `IoU ${percent(photographIou(mask, truth, id))}`;
    drawn.push(picture(name, smallMask(resizeMask(mask, width, height)), figure));
  }
  const maps = await masks.changes?.(id);
  if (maps) {
    const { data } = viewMaps(maps, { width, height });
    const seen = maskNames(maps.channels - 1).map((name, plane) => {
      const part = data.subarray(plane * width * height, (plane + 1) * width * height);
      const heat = smallHeat({ width, height, data: part.map(sigmoid) });
      return picture(`change seen from the ${name}`, heat);
    });
    drawn.splice(columns.length - 1, 0, ...seen);
  }
  if (truth) {
    truth.data.forEach((c) => present.add(c));
    drawn.push(picture("truth", smallMask(resizeMask(truth, width, height))));
  }
  const shown = [...present].sort((a, b) => a - b).map((c) => {
    return { name: c === 255 ? "void" : classes[c] ?? `class ${c}`, colour: colourOf(c) };
  });
  return {
    name: id,
    kinds,
    remark: columns.length > 1 ? `changed ${percent(changed)} %` : "",
    classes: shown,
    pictures: [
      {
        name: "photograph",
        source: await photographSource(photograph, width, height),
        width,
        height,
      },
      ...drawn,
    ],
  };
}

async function photographSource(image: Image, width: number, height: number): Promise<string> {
  const same = width === image.width && height === image.height;
  const small = same ? image : resizeAntialiased(image, width, height);
  // A small picture of a synthetic set is smaller as PNG, and exact.
  return width * height < 4 * fewestPixels
    ? address("image/png", encodeImage(small))
    : address("image/jpeg", await encodeJpeg(small));
}

function address(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}
