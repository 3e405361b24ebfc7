// The pictures of docs/crf.md, drawn from synthetic scenes: `deno run -A tools/crf_pictures.ts`.
import { fromFileUrl } from "@std/path";
import { DenseCrf, unaryFromProbabilities } from "../src/crf/mod.ts";
import { type Image, writeImage } from "../src/data/images/image.ts";
import { enlarge, named, paintHeat, paintMask, type Picture } from "../src/data/images/picture.ts";
import { sheet } from "../src/data/images/sheet.ts";
import { Random } from "../src/data/random.ts";
import { viewMaps } from "../src/data/images/resize.ts";
import { bestClasses, type ScoreStack } from "../src/data/scores/score_stack.ts";
import { type Scene, scene } from "../src/data/synth/scene.ts";
import { percent } from "../src/eval/percent.ts";
import { photographIou } from "../src/eval/photograph_iou.ts";
import { Device } from "../src/gpu/mod.ts";
import { read, readIndices, tensor } from "../src/tensor/mod.ts";
import {
  addMessages,
  corners,
  exactFilter,
  exactMessage,
  type Features,
  filterUp,
  lattice,
} from "../src/wgsl/crf.ts";
import { contactSheet, overlay, refined } from "./crf_sheet.ts";

const folder = new URL("../docs/crf/", import.meta.url);
const size = { width: 144, height: 96 };

{
  await Deno.mkdir(folder, { recursive: true });
  // Kernels read and write buffers here, so that what is in between can be read back.
  using device = await Device.open({ kernels: "buffers" });
  const easy = scene(new Random(5), { ...size, camouflage: 0, clutter: 4 });
  await write("lattice.png", await latticePicture(device, easy.image));
  await write("kernels.png", await kernelPicture(device, easy.image));
  await write("iterations.png", await iterationPicture(device, easy));
  const stack = stackOf(easy);
  const options = { widths: [4, 12, 40], colourWidths: [3, 13, 60], iterations: 10 };
  const truth = named(overlay(easy.image, easy.truth), "truth");
  await write("sheet.png", await contactSheet(device, easy.image, stack, options, truth));
  await write("worse.png", await worsePicture(device));
}

async function write(name: string, picture: Image): Promise<void> {
  await writeImage(fromFileUrl(new URL(name, folder)), picture);
}

/**
 * Every vertex in a colour of its own, blended by the weights that pixels give their corners; of
 * positions alone with dark edges between the simplices.
 */
async function latticePicture(device: Device, image: Image): Promise<Image> {
  const position = await vertexColours(device, image, { ...size, sxy: [14, 14], srgb: [] });
  const fine = await vertexColours(device, image, { ...size, sxy: [14, 14], srgb: [60, 60, 60] });
  return large([[
    named(image, "photograph"),
    named(position, "lattice of positions"),
    named(fine, "lattice of positions and colours"),
  ]]);
}

async function vertexColours(device: Device, image: Image, features: Features): Promise<Image> {
  const { dims, pixels, table, weights } = corners(device, planesOf(device, image), 0, features);
  const slots = await readIndices(table.slots);
  const vertices = await readIndices(table.vertices);
  const weight = await read(weights);
  const rows = 4 * Math.ceil((dims + 1) / 4);
  const random = new Random(3);
  const colours = Uint8Array.from({ length: 3 * (pixels + 1) }, () => random.integer(256));
  const data = new Uint8Array(3 * pixels);
  for (let p = 0; p < pixels; p++) {
    const own = weight.subarray(p * rows, p * rows + dims + 1);
    const edge = dims === 2 && own.reduce((a, b) => Math.min(a, b)) < 0.05 ? 0.5 : 1;
    for (let c = 0; c < 3; c++) {
      const sum = own.reduce((sum, w, k) => {
        return sum + w * colours[3 * vertices[slots[p * (dims + 1) + k]] + c];
      }, 0);
      data[3 * p + c] = edge * sum;
    }
  }
  return { ...size, data };
}

/** What one pixel says to all others: exactly, and by the lattice. */
async function kernelPicture(device: Device, image: Image): Promise<Image> {
  const position: Features = { ...size, sxy: [8, 8], srgb: [] };
  const appearance: Features = { ...size, sxy: [30, 30], srgb: [13, 13, 13] };
  const rows: Picture[][] = [];
  for (const [features, kind] of [[position, "smoothness"], [appearance, "appearance"]] as const) {
    const both = await Promise.all([true, false].map(async (exact) => {
      const data = await impulse(device, image, features, 60 * size.width + 62, exact);
      return named(paintHeat({ ...size, data }), `${kind}, ${exact ? "exact" : "by the lattice"}`);
    }));
    rows.push([named(image, "photograph"), ...both]);
  }
  return large(rows);
}

async function impulse(
  device: Device,
  image: Image,
  features: Features,
  at: number,
  exact: boolean,
): Promise<Float32Array> {
  const pixels = size.width * size.height;
  const planes = planesOf(device, image);
  const values = new Float32Array(4 * pixels);
  values[4 * at] = 1;
  const q = tensor(device, values, [pixels, 4]);
  const zeros = tensor(device, new Float32Array(4 * pixels), [pixels, 4]);
  let sums;
  if (exact) {
    sums = exactMessage(exactFilter(device, planes, 0, features, "none", 1), zeros, q, 1);
  } else {
    const built = lattice(corners(device, planes, 0, features), "none", 1);
    const v = filterUp(built, [q], 1, false);
    const { dims, blocks: [{ slices }] } = built;
    sums = addMessages(zeros, [{ dims, slices, v }], pixels, 1);
  }
  const all = await read(sums);
  const response = all.filter((_, i) => i % 4 === 0);
  const most = response.reduce((a, b) => Math.max(a, b));
  return response.map((v) => v / most);
}

/** Scores of a scene's seed maps. */
function stackOf({ cam, labels }: Scene): ScoreStack {
  const pixels = size.width * size.height;
  const scores = new Float32Array((labels.length + 1) * pixels);
  labels.forEach((c, i) => {
    const plane = viewMaps(cam.get(c)!, size).data;
    scores.set(plane, (i + 1) * pixels);
    for (let p = 0; p < pixels; p++) scores[p] = Math.max(scores[p], plane[p]);
  });
  for (let p = 0; p < pixels; p++) scores[p] = (1 - scores[p]) ** 1.5;
  return { classes: [0, ...labels], scores };
}

/** The picture, its truth, and the probability of its first object after 0, 1, 3 and 10 iterations. */
async function iterationPicture(device: Device, { image, truth, ...rest }: Scene): Promise<Image> {
  const stack = stackOf({ image, truth, ...rest });
  const pixels = size.width * size.height;
  const cells: Picture[] = [];
  for (const iterations of [0, 1, 3, 10]) {
    const bilateral = [{ sxy: 40, srgb: 13, compat: 10 }];
    using crf = new DenseCrf(device, { iterations, bilateral });
    const q = await crf.probabilities(image, unaryFromProbabilities(stack.scores));
    const heat = paintHeat({ ...size, data: q.subarray(pixels, 2 * pixels) });
    cells.push(named(heat, iterations === 1 ? "1 iteration" : `${iterations} iterations`));
  }
  const before = bestClasses(stack, size);
  return large([[
    named(image, "photograph"),
    named(paintMask(truth), "truth"),
    named(paintMask(before), "mask before"),
  ], cells]);
}

/** Scenes on which the mask is worse afterwards: picture, truth, before, after. */
async function worsePicture(device: Device): Promise<Image> {
  const found: { loss: number; row: Picture[] }[] = [];
  for (let seed = 1; seed <= 40; seed++) {
    const { image, truth, ...rest } = scene(new Random(seed), { ...size, camouflage: 1 });
    const stack = stackOf({ image, truth, ...rest });
    const before = bestClasses(stack, size);
    const after = await refined(device, image, stack, 40, 13, 10);
    const wrong = [before, after].map(({ data }) =>
      data.reduce((n, c, p) => n + Number(c !== truth.data[p]), 0)
    );
    const row = [
      named(image, "photograph"),
      named(overlay(image, truth), "truth"),
      ...[before, after].map((mask, i) => {
        const iou = percent(photographIou(mask, truth, "scene"));
        return named(overlay(image, mask), `mask ${i === 0 ? "before" : "after"}, IoU ${iou}`);
      }),
    ];
    found.push({ loss: wrong[1] - wrong[0], row });
  }
  found.sort((a, b) => b.loss - a.loss);
  return large(found.slice(0, 2).map(({ row }) => row));
}

/** Rows of small pictures, large enough for a screen. */
function large(rows: readonly (readonly Picture[])[]): Image {
  return sheet(rows.map((row) => row.map((picture) => enlarge(picture, 2))));
}

function planesOf(device: Device, { width, height, data }: Image) {
  const pixels = width * height;
  const planes = Float32Array.from(
    { length: 3 * pixels },
    (_, i) => data[i % pixels * 3 + Math.floor(i / pixels)],
  );
  return tensor(device, planes, [1, 3, height, width]);
}
