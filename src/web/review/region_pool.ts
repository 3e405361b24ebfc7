import type { RegionName } from "../../data/decisions/decision.ts";
import { type Mask, readMask } from "../../data/masks/mask.ts";
import { differingRegions, type Region } from "../../data/masks/regions.ts";
import { type Maps, viewMaps } from "../../data/images/resize.ts";
import { sigmoid, STATIC_BIASES } from "../../scpp/integration.ts";
import { chosenMask } from "../../scpp/predict.ts";

/** A photograph whose masks are reviewed. */
export interface ReviewItem {
  /** Its name without extension. */
  readonly id: string;
  /** Path of the photograph. */
  readonly image: string;
  /** Path of the knowledge mask. */
  readonly knowledge: string;
  /** Path of the advice mask. */
  readonly advice: string;
  /** Path of the true mask, which may not exist. */
  readonly truth: string;
  /** The classes that it is known to show, without background; undefined where that is not known. */
  readonly labels?: readonly number[];
  /** Reads its change logits, where there are any. */
  readonly changes?: () => Promise<Maps>;
}

/** A region that may be asked about. */
export interface Candidate {
  /** Its number, from 0: its place in the order. */
  readonly number: number;
  /** The number of its photograph. */
  readonly item: number;
  /** Where it is and what the masks say. */
  readonly region: RegionName;
  /** What may be gained by an answer: pixels, or the mean IoU up to a factor. */
  readonly gain: number;
}

/** The masks of a photograph. */
export interface ItemMasks {
  /** K. */
  readonly knowledge: Mask;
  /** A. */
  readonly advice: Mask;
  /** What the method chose of both, where there are change logits. */
  readonly method?: Mask;
  /** How sure the method is of its choice at each pixel, 0 to 1, where there are change logits. */
  readonly sure?: Float32Array;
}

/** What is counted as gain. */
export type GainOf = "pixels" | "iou";

/** Reads the masks of a photograph, and the method's choice. */
export async function readMasks(
  { knowledge: k, advice: a, labels, changes }: ReviewItem,
  classes: number,
): Promise<ItemMasks> {
  const [knowledge, advice] = await Promise.all([readMask(k), readMask(a)]);
  if (changes === undefined) return { knowledge, advice };
  const { width, height } = knowledge;
  const logits = await changes();
  const { data } = viewMaps(logits, { width, height });
  const sure = Float32Array.from({ length: width * height }, (_, u) => {
    return Math.abs(sigmoid(data[u]) - sigmoid(data[u + width * height]));
  });
  const method = chosenMask(knowledge, [advice], labels ?? [], logits, classes, STATIC_BIASES);
  return { knowledge, advice, method, sure };
}

/**
 * The regions of all photographs, those first from which most is to be gained. Expected is for each pixel
 * of a region the doubt of the method, 1 - |s(dK) - s(dA)|, or 1 where nothing was predicted; the sum of
 * that is "area times doubt". Counted as IoU it is divided by the sizes of the classes concerned: a pixel
 * of a rare class moves the mean more.
 *
 * @param least pixels that a region has at least
 * @param seen is told how many photographs were read
 */
export async function rankRegions(
  items: readonly ReviewItem[],
  classes: number,
  { least, gain }: { readonly least: number; readonly gain: GainOf },
  seen: (done: number) => void,
): Promise<Candidate[]> {
  const found: { item: number; region: RegionName; doubt: number }[] = [];
  const sizes = new Float64Array(256);
  for (const [item, own] of items.entries()) {
    const { knowledge, advice, sure } = await readMasks(own, classes);
    for (const mask of [knowledge, advice]) for (const c of mask.data) sizes[c] += 0.5;
    for (const region of differingRegions(knowledge, advice, least)) {
      found.push({ item, region: nameOf(region), doubt: doubtOf(region, sure) });
    }
    seen(item + 1);
  }
  const weight = ({ knowledge, advice }: RegionName) =>
    gain === "pixels" ? 1 : 1 / Math.max(1, sizes[knowledge]) + 1 / Math.max(1, sizes[advice]);
  return found.map(({ item, region, doubt }) => ({ item, region, gain: doubt * weight(region) }))
    .sort((a, b) => b.gain - a.gain)
    .map((candidate, number) => ({ number, ...candidate }));
}

function doubtOf({ pixels }: Region, sure: Float32Array | undefined): number {
  if (sure === undefined) return pixels.length;
  return pixels.reduce((sum, u) => sum + 1 - sure[u], 0);
}

/** A region without its pixels. */
function nameOf({ pixels: _, ...name }: Region): RegionName {
  return name;
}
