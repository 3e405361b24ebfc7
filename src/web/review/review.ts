import { type Decision, keyOf, type Label, runsOf } from "../../data/decisions/decision.ts";
import { standingOf } from "../../data/decisions/read_decisions.ts";
import type { Mask } from "../../data/masks/mask.ts";
import { differingRegions, type Region } from "../../data/masks/regions.ts";
import { type Candidate, type ItemMasks, readMasks, type ReviewItem } from "./region_pool.ts";

/** What a review is made of. */
export interface ReviewSet {
  /** The photographs. */
  readonly items: readonly ReviewItem[];
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The regions in their order. */
  readonly candidates: readonly Candidate[];
}

/** An answer about a region. */
export interface Answer {
  /** The number of the region. */
  readonly number: number;
  /** What was chosen. */
  readonly choice: Exclude<Decision["choice"], "undo">;
  /** Pixels that were given classes by hand; they come before what was chosen. */
  readonly drawn: readonly { readonly class: number; readonly runs: readonly number[] }[];
}

/** How long a region that one reviewer sees is kept from the others, milliseconds. */
const LEASE = 10 * 60_000;

/** A review by any number of people: which region is next, and what was decided. */
export class Review {
  readonly set: ReviewSet;
  readonly #all: Decision[];
  readonly #append: (line: string) => void;
  readonly #numbers: ReadonlyMap<string, number>;
  /** The region that each reviewer sees, and since when. */
  readonly #seen = new Map<string, { number: number; since: number }>();

  /**
   * @param before what was decided already
   * @param append writes a line that must not be lost
   */
  constructor(set: ReviewSet, before: readonly Decision[], append: (line: string) => void) {
    this.set = set;
    this.#all = [...before];
    this.#append = append;
    this.#numbers = new Map(set.candidates.map(({ number, item, region }) => {
      return [keyOf({ photograph: set.items[item].id, region }), number];
    }));
  }

  /** How far the review is. */
  get progress(): { answered: number; regions: number; gained: number } {
    const { candidates } = this.set;
    const answered = this.#answered().size;
    const sum = (some: Iterable<number>) =>
      [...some].reduce((total, number) => total + candidates[number].gain, 0);
    const whole = sum(candidates.keys());
    return { answered, regions: candidates.length, gained: whole && sum(this.#answered()) / whole };
  }

  /** The first region that nobody has answered, that the reviewer did not skip and nobody else sees. */
  next(reviewer: string, now = Date.now()): Candidate | undefined {
    const taken = this.#answered();
    for (const decision of standingOf(this.#all)) {
      const number = this.#numberOf(decision);
      if (decision.choice === "skip" && decision.reviewer === reviewer && number !== undefined) {
        taken.add(number);
      }
    }
    for (const [other, { number, since }] of this.#seen) {
      if (other !== reviewer && now - since < LEASE) taken.add(number);
    }
    const next = this.set.candidates.find(({ number }) => !taken.has(number));
    if (next) this.#seen.set(reviewer, { number: next.number, since: now });
    else this.#seen.delete(reviewer);
    return next;
  }

  /** Writes an answer down. Returns why it is no valid one, or nothing. */
  async decide(answer: Answer, reviewer: string, now = new Date()): Promise<string | undefined> {
    const candidate = this.set.candidates[answer.number];
    if (candidate === undefined) return "There is no such region";
    const { masks, region } = await this.pixelsOf(candidate);
    const { id } = this.set.items[candidate.item];
    const { width, height } = masks.knowledge;
    const labels = this.#labelsOf(answer, region, masks);
    if (typeof labels === "string") return labels;
    this.#write({
      photograph: id,
      size: [width, height],
      region: candidate.region,
      choice: answer.choice,
      labels,
      time: now.toISOString(),
      reviewer,
    });
    return undefined;
  }

  /** Takes back the reviewer's last decision that stands, and shows its region again. */
  undo(reviewer: string, now = new Date()): Candidate | undefined {
    const last = standingOf(this.#all).findLast((decision) =>
      decision.reviewer === reviewer && this.#numberOf(decision) !== undefined
    );
    if (last === undefined) return undefined;
    this.#write({ ...last, choice: "undo", labels: [], time: now.toISOString() });
    const number = this.#numberOf(last)!;
    this.#seen.set(reviewer, { number, since: now.getTime() });
    return this.set.candidates[number];
  }

  /** The masks of a region's photograph, and the region with its pixels. */
  async pixelsOf({ item, region }: Candidate): Promise<{ masks: ItemMasks; region: Region }> {
    const masks = await readMasks(this.set.items[item], this.set.classes.length);
    const key = (name: Candidate["region"]) => keyOf({ photograph: "", region: name });
    const found = differingRegions(masks.knowledge, masks.advice)
      .find((other) => key(other) === key(region));
    if (found) return { masks, region: found };
    throw new Error(`The masks of ${this.set.items[item].id} have changed since the review began`);
  }

  #write(decision: Decision): void {
    this.#append(JSON.stringify(decision));
    this.#all.push(decision);
  }

  /** The regions that somebody has answered, not skipped. */
  #answered(): Set<number> {
    const numbers = standingOf(this.#all).filter(({ choice }) => choice !== "skip")
      .map((decision) => this.#numberOf(decision));
    return new Set(numbers.filter((number) => number !== undefined));
  }

  #numberOf(decision: Decision): number | undefined {
    return this.#numbers.get(keyOf(decision));
  }

  /** What an answer makes certain; a sentence where it is no valid one. */
  #labelsOf({ choice, drawn }: Answer, region: Region, masks: ItemMasks): Label[] | string {
    if (choice === "skip") return [];
    const { width, height } = masks.knowledge;
    const size = width * height;
    const certain = new Uint8Array(size).fill(255);
    if (choice === "method" && masks.method === undefined) return "There is no method here";
    if (choice === "drawn" && drawn.length === 0) return "Nothing was drawn";
    if (choice !== "drawn") {
      const chosen = { ...masks, background: undefined }[choice] as Mask | undefined;
      for (const u of region.pixels) certain[u] = chosen?.data[u] ?? 0;
    }
    for (const { class: c, runs } of drawn) {
      if (!(c in this.set.classes)) return `There is no class ${c}`;
      for (let i = 0; i < runs.length; i += 2) {
        if (runs[i] + runs[i + 1] > size) return "What was drawn leaves the photograph";
        certain.fill(c, runs[i], runs[i] + runs[i + 1]);
      }
    }
    const present = [...new Set(certain)].filter((c) => c !== 255).sort((a, b) => a - b);
    return present.map((c) => {
      return { class: c, name: this.set.classes[c], runs: runsOf(size, (u) => certain[u] === c) };
    });
  }
}
