import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { mirrorImage, mirrorMask } from "../training/upload.ts";
import { type Image, writeImage } from "../data/images/image.ts";
import { normalise, symmetric } from "../data/images/normalise.ts";
import { Random } from "../data/random.ts";
import { type Maps, viewImage, viewMaps } from "../data/images/resize.ts";
import { Device } from "../gpu/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { resizeBilinear, scale } from "../wgsl/mod.ts";
import type { Views } from "./inference.ts";
import type { Segmenter } from "./segmenter.ts";
import { type Photograph, type Segmented, segmented } from "./segmented.ts";

/** A network whose scores are the image's channels at half its side, three times as large. */
const channels = {
  stride: 2,
  backbone: { normalisation: symmetric },
  encode: (x: Tensor) => [x],
  decode: ([x]: Tensor[]) => {
    return { logits: scale(resizeBilinear(x, x.shape[2] / 2, x.shape[3] / 2), 3) };
  },
} as unknown as Segmenter;

/** A picture of large soft spots. */
function picture(seed: number, width: number, height: number): Image {
  const random = new Random(seed);
  const data = Uint8Array.from({ length: 3 * 5 * 4 }, () => random.integer(256));
  return viewImage({ width: 5, height: 4, data }, { width, height });
}

const SIZES = [[37, 53], [1, 40], [40, 1], [16, 16], [53, 20]] as const;

async function withPictures(
  test: (device: Device, pictures: readonly Image[], photographs: Photograph[]) => Promise<void>,
): Promise<void> {
  using device = await Device.open();
  const folder = await Deno.makeTempDir();
  try {
    const pictures = SIZES.map(([width, height], i) => picture(i, width, height));
    const photographs = pictures.map((_, i) => ({ id: `${i}`, image: join(folder, `${i}.png`) }));
    await Promise.all(pictures.map((own, i) => writeImage(photographs[i].image, own)));
    await test(device, pictures, photographs);
    assertEquals(device.pool.live, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function all(
  device: Device,
  photographs: readonly Photograph[],
  views: Views,
): Promise<Segmented[]> {
  const options = { classes: 3, views, sums: true };
  return await Array.fromAsync(segmented(device, channels, photographs, options));
}

/** The sum of softmax over the views in float64, at the square of the image size. */
function reference(image: Image, { imageSize, sides = [imageSize], mirror }: Views): Maps {
  const total = new Float32Array(3 * imageSize ** 2);
  for (const side of sides) {
    for (const flip of mirror ? [false, true] : [false]) {
      const seen = viewImage(image, { width: side, height: side });
      const planes = normalise(flip ? mirrorImage(seen) : seen, symmetric);
      const half = { width: side / 2, height: side / 2 };
      const maps = viewMaps({ channels: 3, width: side, height: side, data: planes }, half);
      const area = half.width ** 2;
      const p = Float32Array.from(maps.data, (_, i) => {
        const own = [0, 1, 2].map((c) => Math.exp(3 * maps.data[c * area + i % area]));
        return own[Math.floor(i / area)] / (own[0] + own[1] + own[2]);
      });
      const view = { width: imageSize, height: imageSize, flip };
      viewMaps({ ...maps, data: p }, view).data.forEach((v, i) => total[i] += v);
    }
  }
  return { channels: 3, width: imageSize, height: imageSize, data: total };
}

Deno.test("views of several sizes and mirror images are added up as plain loops add them", () =>
  withPictures(async (device, pictures, photographs) => {
    for (
      const views of [
        { imageSize: 16, batch: 2 },
        { imageSize: 16, batch: 3, mirror: true },
        { imageSize: 16, batch: 9, sides: [8, 12, 16, 24], mirror: true },
      ]
    ) {
      const found = await all(device, photographs, views);
      assertEquals(found.map(({ photograph: { id } }) => id), photographs.map(({ id }) => id));
      found.forEach(({ sum, mask }, i) => {
        const { width, height } = pictures[i];
        const wanted = reference(pictures[i], views);
        sum!.data.forEach((v, k) => assert(Math.abs(v - wanted.data[k]) < 1e-4, `${k} of ${i}`));
        assertEquals([mask.width, mask.height], [width, height]);
        const large = viewMaps(wanted, { width, height }).data;
        const area = width * height;
        const wrong = mask.data.filter((c, u) => {
          const best = Math.max(...[0, 1, 2].map((k) => large[k * area + u]));
          return large[c * area + u] < best - 1e-4; // equals may fall either way
        });
        assertEquals(wrong.length, 0, `mask ${i}`);
      });
    }
  }));

Deno.test("with the aspect kept, sums cover the photograph alone and show it undistorted", () =>
  withPictures(async (device, pictures, photographs) => {
    const frame = { imageSize: 32, keepAspect: true };
    for (const mirror of [false, true]) {
      for (const sides of [[32], [16, 32, 64]]) {
        const found = await all(device, photographs, { ...frame, batch: 3, mirror, sides });
        found.forEach(({ sum, mask }, i) => {
          const { width, height } = pictures[i];
          const fitted = (length: number) =>
            Math.max(2, 2 * Math.round(16 * length / Math.max(width, height)));
          assertEquals([sum!.width, sum!.height], [fitted(width), fitted(height)]);
          assertEquals([mask.width, mask.height], [width, height]);
          // The network says which channel is highest, and so do the masks, up to the borders.
          const area = width * height;
          const right = mask.data.filter((c, u) => {
            const own = pictures[i].data.subarray(3 * u, 3 * u + 3);
            return own[c] >= Math.max(...own) - 12;
          });
          if (Math.min(width, height) > 1) {
            assert(right.length > 0.9 * area, `${right.length / area}`);
          }
        });
      }
    }
  }));

Deno.test("with its mirror image, a photograph and its mirror image get mirrored masks", () =>
  withPictures(async (device, pictures, photographs) => {
    const views = { imageSize: 16, batch: 2, mirror: true };
    const [one] = [pictures[3]]; // as large as the square, so that no rounding differs
    const [plain] = await all(device, [photographs[3]], views);
    await writeImage(photographs[3].image, mirrorImage(one));
    const [turned] = await all(device, [photographs[3]], views);
    assertEquals(turned.mask, mirrorMask(plain.mask));
    assert(new Set(plain.mask.data).size > 1, "a mask with something in it");
  }));

Deno.test("classes that a photograph cannot show never win, nor are they in its sum", () =>
  withPictures(async (device, _, photographs) => {
    const views = { imageSize: 16, batch: 2 };
    const some = photographs.map((own, i) => ({ ...own, allowed: i % 2 ? [0, 2] : undefined }));
    const [free, found] = [await all(device, photographs, views), await all(device, some, views)];
    found.forEach(({ mask, sum }, i) => {
      assertEquals(sum!.classes, i % 2 ? [0, 2] : [0, 1, 2]);
      if (i % 2 === 0) return assertEquals([mask, sum], [free[i].mask, free[i].sum]);
      assert(!mask.data.includes(1));
      const area = 16 * 16;
      assertEquals(sum!.data.subarray(area), free[i].sum!.data.subarray(2 * area));
    });
    assert(free.some(({ mask }, i) => i % 2 && mask.data.includes(1)), "which it would have done");
  }));
