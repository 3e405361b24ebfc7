import { Random } from "../src/data/random.ts";
import type { CrfOptions } from "../src/crf/mod.ts";
import type { ReferenceCrf, ReferenceTerm } from "./crf_reference.ts";

/** A picture of soft patches and energies that disagree with them here and there. */
export function example(
  width: number,
  height: number,
  labels: number,
  channels = 3,
): { width: number; height: number; image: Uint8Array; unary: Float32Array<ArrayBuffer> } {
  const random = new Random(width * height + labels);
  const pixels = width * height;
  const image = new Uint8Array(pixels * channels);
  const unary = new Float32Array(labels * pixels);
  for (let p = 0; p < pixels; p++) {
    const patch = Math.floor(p % width / 5) + 3 * Math.floor(p / width / 4);
    for (let c = 0; c < channels; c++) {
      image[p * channels + c] = (patch * 53 + c * 91) % 200 + random.next() * 20;
    }
    for (let c = 0; c < labels; c++) {
      unary[c * pixels + p] = (c === patch % labels ? 0.3 : 1.2) + random.next();
    }
  }
  return { width, height, image, unary };
}

/** The options that say to the CRF what the terms say to the reference. */
export function optionsOf(
  crf: Omit<ReferenceCrf, "image">,
  method: CrfOptions["method"],
): CrfOptions {
  const { iterations, normalisation, terms } = crf;
  return {
    method,
    iterations,
    normalisation,
    gaussian: terms.filter(({ srgb }) => srgb.length === 0),
    bilateral: terms.filter(({ srgb }) => srgb.length > 0),
  };
}

/** The largest difference. */
export function distance(q: Float32Array, expected: Float64Array): number {
  return q.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]) || 0), 0);
}

/** A smoothness kernel. */
export const gaussian: ReferenceTerm = { sxy: [3, 3], srgb: [], compat: 3 };
/** An appearance kernel. */
export const bilateral: ReferenceTerm = { sxy: [12, 9], srgb: [13, 20, 9], compat: 10 };

/** Terms, labels and channels of all kinds. */
export const cases: readonly {
  readonly name: string;
  readonly labels: number;
  readonly channels: number;
  readonly terms: readonly ReferenceTerm[];
}[] = [
  { name: "the usual terms", labels: 3, channels: 3, terms: [gaussian, bilateral] },
  { name: "two chunks of labels", labels: 35, channels: 3, terms: [gaussian, bilateral] },
  { name: "a single position term", labels: 2, channels: 3, terms: [gaussian] },
  {
    name: "four terms",
    labels: 5,
    channels: 3,
    terms: [gaussian, { ...gaussian, sxy: [1, 5] as const }, bilateral, {
      ...bilateral,
      srgb: [40, 40, 40],
    }],
  },
  {
    name: "one channel",
    labels: 4,
    channels: 1,
    terms: [{ ...bilateral, srgb: [10] }],
  },
  {
    name: "eight channels",
    labels: 4,
    channels: 8,
    terms: [gaussian, { ...bilateral, srgb: [30, 30, 30, 40, 40, 40, 50, 50] }],
  },
];
