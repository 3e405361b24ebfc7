import type { Image } from "../images/image.ts";
import type { Mask } from "../masks/mask.ts";
import type { Random } from "../random.ts";
import type { Appearance, Colour } from "./appearance.ts";
import { randomBackground } from "./background.ts";
import { covers, localPoint } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** One object of a scene. */
export interface Item {
  /** Its class, 1, 2, ... */
  readonly index: number;
  /** Where and what it is. */
  readonly shape: Shape;
  /** Its colours and texture. */
  readonly look: Appearance;
  /** Where along u of the shape's frame the second tone begins. */
  readonly split: number;
  /** The disc of background, in pixels, that takes the object's colour without its texture. */
  readonly cover?: { readonly x: number; readonly y: number; readonly radius: number };
}

/** The class of every pixel; 0 is the background, later items lie over earlier ones. */
export function paintTruth(items: readonly Item[], width: number, height: number): Mask {
  const data = new Uint8Array(width * height);
  for (const { index, shape } of items) {
    for (let i = 0; i < data.length; i++) {
      const [u, v] = localPoint(shape, i % width + 0.5, Math.floor(i / width) + 0.5);
      if (covers(shape.outline, u, v)) data[i] = index;
    }
  }
  return { width, height, data };
}

/** The picture of the items: background, camouflage, objects, noise. */
export function paintImage(
  random: Random,
  items: readonly Item[],
  truth: Mask,
  options: { clutter: number; noise: number },
): Image {
  const { width, height } = truth;
  const planes = randomBackground(random, width, height, options.clutter);
  const put = (i: number, colour: Colour, add: number, alpha: number) => {
    for (let c = 0; c < 3; c++) {
      const at = c * width * height + i;
      planes[at] += alpha * (colour[c] + add - planes[at]);
    }
  };
  for (const item of items) {
    for (let i = 0; i < truth.data.length; i++) {
      const [x, y] = [i % width + 0.5, Math.floor(i / width) + 0.5];
      if (truth.data[i] === item.index) put(i, tone(item, x, y), item.look.texture(x, y), 1);
      else if (truth.data[i] === 0) put(i, tone(item, x, y), 0, coverage(item, x, y));
    }
  }
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    const value = planes[(i % 3) * width * height + Math.floor(i / 3)];
    data[i] = Math.min(255, Math.max(0, Math.round(value + options.noise * random.normal())));
  }
  return { width, height, data };
}

function tone({ look, shape, split }: Item, x: number, y: number): Colour {
  if (look.tones.length === 1) return look.tones[0];
  return look.tones[localPoint(shape, x, y)[0] > split ? 1 : 0];
}

/** How much of the object's colour the background takes at a pixel: 1 inside, soft at the rim. */
function coverage({ cover }: Item, x: number, y: number): number {
  if (cover === undefined) return 0;
  const inside = cover.radius - Math.hypot(x - cover.x, y - cover.y);
  return Math.min(1, Math.max(0, 0.5 + 4 * inside / cover.radius));
}
