import type { Image } from "../images/image.ts";
import type { Mask } from "../masks/mask.ts";
import type { Random } from "../random.ts";
import type { Maps } from "../images/resize.ts";
import { randomAppearance } from "./appearance.ts";
import { paintImage, paintTruth } from "./paint.ts";
import type { Item } from "./paint.ts";
import { randomSeed } from "./seed.ts";
import { isThin, randomShape } from "./shape.ts";

/** What scenes look like; every length scales with the smaller side. */
export interface SceneOptions {
  /** Pixels; default 64. */
  readonly width?: number;
  /** Pixels; default 64. */
  readonly height?: number;
  /** Number of classes without the background; default 5. */
  readonly classes?: number;
  /** Probability that the background beside an object takes its colour; default 0.75. */
  readonly camouflage?: number;
  /** Probability that an object has two tones; default 0.4. */
  readonly twoToned?: number;
  /**
   * Least and greatest size of an object with its texture, of 0.5 to 2; default [1, 1], half the extent of
   * an object then being 9 to 17 pixels of 64.
   */
  readonly objectScale?: readonly [least: number, greatest: number];
  /** Mean number of meaningless rectangles; default 3. */
  readonly clutter?: number;
  /** Brightness of the textures, 0..255; default 13. */
  readonly contrast?: number;
  /** Standard deviation of the pixel noise, 0..255; default 4. */
  readonly noise?: number;
}

/** Why the masks of a scene may fail; an image is plain when nothing else holds. */
export interface SceneKinds {
  /** Background beside an object has its colour. */
  readonly camouflage: boolean;
  /** An object has two tones. */
  readonly twoToned: boolean;
  /** An object has thin parts. */
  readonly thin: boolean;
  /** None of the others. */
  readonly plain: boolean;
}

/** One synthetic picture with its truth and the seeds made from it. */
export interface Scene {
  /** The picture. */
  readonly image: Image;
  /** The class of every pixel, 0 the background; no void. */
  readonly truth: Mask;
  /** The classes present, ascending, without the background. */
  readonly labels: readonly number[];
  /** For each class present a seed map of height/8 x width/8, 0..1. */
  readonly cam: ReadonlyMap<number, Maps>;
  /** The difficulties it contains. */
  readonly kinds: SceneKinds;
}

const defaults: Required<SceneOptions> = {
  width: 64,
  height: 64,
  classes: 5,
  camouflage: 0.75,
  twoToned: 0.4,
  objectScale: [1, 1],
  clutter: 3,
  contrast: 13,
  noise: 4,
};

/**
 * A synthetic picture: one or two textured objects on a smooth cluttered background, of which a
 * part may take an object's colour without its texture.
 */
export function scene(random: Random, options: SceneOptions = {}): Scene {
  const settings = { ...defaults, ...options };
  check(settings);
  const { width, height } = settings;
  const items = randomItems(random, settings);
  const truth = paintTruth(items, width, height);
  const image = paintImage(random, items, truth, settings);
  const labels = [...new Set(items.map((item) => item.index))].sort((a, b) => a - b);
  const cam = new Map(labels.map((index) => [index, randomSeed(random, truth, index)]));
  const camouflage = items.some((item) => item.cover !== undefined);
  const twoToned = items.some((item) => item.look.tones.length > 1);
  const thin = items.some((item) => isThin(item.shape.outline));
  const plain = !camouflage && !twoToned && !thin;
  return { image, truth, labels, cam, kinds: { camouflage, twoToned, thin, plain } };
}

/** One or two objects of different classes that do not touch much. */
function randomItems(random: Random, settings: Required<SceneOptions>): Item[] {
  const items: Item[] = [];
  const wanted = settings.classes > 1 && random.next() < 0.5 ? 2 : 1;
  const order = random.shuffled(settings.classes);
  for (let attempt = 0; attempt < 30 && items.length < wanted; attempt++) {
    const scale = randomScale(random, settings);
    const shape = randomShape(random, settings.width, settings.height, scale);
    const apart = items.every((item) =>
      Math.hypot(item.shape.x - shape.x, item.shape.y - shape.y) >
        0.9 * (item.shape.radius + shape.radius)
    );
    if (apart) items.push(randomItem(random, order[items.length] + 1, shape, scale, settings));
  }
  return items;
}

/** The size of an object; sizes between 1/2 and 1 are as frequent as those between 1 and 2. */
function randomScale(random: Random, { objectScale: [least, greatest] }: Required<SceneOptions>) {
  if (least === greatest) return least; // the scenes of sets without sizes stay what they were
  return Math.exp(random.uniform(Math.log(least), Math.log(greatest)));
}

function randomItem(
  random: Random,
  index: number,
  shape: Item["shape"],
  scale: number,
  settings: Required<SceneOptions>,
): Item {
  const unit = scale * Math.min(settings.width, settings.height) / 64;
  const twoToned = random.next() < settings.twoToned;
  const look = randomAppearance(random, index, { unit, twoToned, contrast: settings.contrast });
  const split = random.uniform(-0.3, 0.3);
  const hidden = random.next() < settings.camouflage;
  const direction = random.uniform(0, 2 * Math.PI);
  const radius = shape.radius * random.uniform(1.05, 1.5);
  const x = shape.x + 0.8 * shape.radius * Math.cos(direction);
  const y = shape.y + 0.8 * shape.radius * Math.sin(direction);
  return { index, shape, look, split, cover: hidden ? { x, y, radius } : undefined };
}

function check(settings: Required<SceneOptions>): void {
  for (const name of ["width", "height"] as const) {
    if (!(Number.isInteger(settings[name]) && settings[name] >= 16)) {
      throw new RangeError(`Cannot make a scene: ${name} ${settings[name]} is not at least 16`);
    }
  }
  if (!(Number.isInteger(settings.classes) && settings.classes >= 1 && settings.classes <= 254)) {
    throw new RangeError(`Cannot make a scene: ${settings.classes} classes are not in 1..254`);
  }
  const [least, greatest] = settings.objectScale;
  if (!(least >= 0.5 && least <= greatest && greatest <= 2)) {
    throw new RangeError(
      `Cannot make a scene: object scales ${least} to ${greatest} do not rise from 0.5 to 2`,
    );
  }
  for (const name of ["camouflage", "twoToned"] as const) {
    if (!(settings[name] >= 0 && settings[name] <= 1)) {
      throw new RangeError(`Cannot make a scene: ${name} ${settings[name]} is not in 0..1`);
    }
  }
}
