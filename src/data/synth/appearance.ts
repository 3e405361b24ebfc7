import type { Random } from "../random.ts";

/** Red, green and blue, 0..255, not rounded. */
export type Colour = readonly [red: number, green: number, blue: number];

/** How one object looks: its tones and its texture. */
export interface Appearance {
  /** One mean colour, or two when the object is two-toned. */
  readonly tones: readonly Colour[];
  /** Brightness added at the pixel (x, y). */
  texture(x: number, y: number): number;
}

type Pattern = (x: number, y: number) => number;

/** Patterns over the plane with period 1, values in -1..1 with mean about 0. */
const patterns: Readonly<Record<string, Pattern>> = {
  stripes: (_x, y) => wave(y),
  checks: (x, y) => Math.sign(wave(x) * wave(y)),
  dots: (x, y) => ((x - Math.round(x)) ** 2 + (y - Math.round(y)) ** 2 < 0.09 ? 1.9 : -0.75),
  posts: (x, _y) => wave(x),
  waves: (x, y) => wave(y + 0.35 * Math.sin(Math.PI * x)),
};

/** Pixels of a 64-pixel picture in one period, for each round through the patterns. */
const periods: Readonly<Record<string, number>> = {
  stripes: 4,
  checks: 6,
  dots: 5.5,
  posts: 5,
  waves: 7,
};

const families = Object.keys(patterns);

/** The name of class `index` (1, 2, ...): its texture, numbered from the second round on. */
export function className(index: number): string {
  const round = Math.floor((index - 1) / families.length);
  const family = families[(index - 1) % families.length];
  return round === 0 ? family : `${family}${round + 1}`;
}

/** The look of an object of class `index`: class colour and texture with the object's variation. */
export function randomAppearance(
  random: Random,
  index: number,
  options: { unit: number; twoToned: boolean; contrast: number },
): Appearance {
  const base = classColour(index).map((value) => value + 16 * random.normal());
  const tones = [base.map(clamp) as unknown as Colour];
  if (options.twoToned) {
    const shift = random.next() < 0.5 ? -1 : 1;
    const other = base.map((value) => clamp(value + shift * random.uniform(35, 70)));
    tones.push(other as unknown as Colour);
  }
  const family = families[(index - 1) % families.length];
  const round = Math.floor((index - 1) / families.length);
  const period = options.unit * periods[family] * (1 + 0.55 * round);
  const angle = random.uniform(-0.3, 0.3);
  const [cos, sin] = [Math.cos(angle) / period, Math.sin(angle) / period];
  const [px, py] = [random.next(), random.next()];
  const pattern = patterns[family];
  return {
    tones,
    texture: (x, y) => options.contrast * pattern(cos * x + sin * y + px, cos * y - sin * x + py),
  };
}

/** Class colours lie around the hue circle by the golden angle, so that any number differs. */
function classColour(index: number): number[] {
  const hue = (index - 1) * 2.399963;
  return [0, 1, 2].map((c) => 128 + 55 * Math.cos(hue - c * 2 * Math.PI / 3));
}

function wave(x: number): number {
  return Math.sin(2 * Math.PI * x);
}

function clamp(value: number): number {
  return Math.min(225, Math.max(30, value));
}
