import { accumulate, type Confusion, confusion } from "../eval/confusion.ts";
import { meanIouOver, scores } from "../eval/scores.ts";
import { type Ablation, ablationsOf, METHOD } from "./ablations.ts";
import type { AblationInput } from "./ablation_input.ts";
import type { Ladder, LadderRow } from "./ladder.ts";
import type { Choice } from "./integration.ts";
import { CRF } from "./pair_options.ts";

/** Counts the pixels of every ablation over a list. */
export class AblationCounts {
  readonly #ablations: readonly Ablation[];
  readonly #masks: readonly Confusion[];
  readonly #kinds = new Map<string, readonly Confusion[]>();
  readonly #counts = { pixels: 0, differing: 0, decided: 0, method: 0 };
  readonly #advice: number[];

  /** A count of nothing yet; `kinds` says what makes each photograph hard. */
  constructor(
    readonly classes: number,
    readonly kinds: ReadonlyMap<string, readonly string[]>,
    /** The names of the advisers. */
    readonly advisers: readonly string[] = [CRF],
    /** How the masks were refined, where that is not as published. */
    chosen?: Choice,
  ) {
    this.#ablations = ablationsOf(advisers, chosen);
    this.#masks = this.#ablations.map(() => confusion(classes));
    this.#advice = advisers.map(() => 0);
  }

  /** Counts one photograph. */
  add(id: string, from: AblationInput): void {
    const truth = { width: from.truth.length, height: 1, data: from.truth };
    const masks = this.#ablations.map((ablation) => ablation.mask(from));
    const count = (into: Confusion, mask: Uint8Array<ArrayBuffer>) =>
      accumulate(into, truth, { ...truth, data: mask }, id, { predictedVoid: "background" });
    const method = masks[this.#ablations.indexOf(METHOD)];
    masks.forEach((mask, i) => count(this.#masks[i], mask));
    for (const kind of this.kinds.get(id) ?? []) {
      if (!this.#kinds.has(kind)) {
        this.#kinds.set(kind, [0, 1, 2].map(() => confusion(this.classes)));
      }
      const shown = [masks[0], masks[1], method];
      this.#kinds.get(kind)!.forEach((own, i) => count(own, shown[i]));
    }
    this.#countChoices(from, method);
  }

  #countChoices({ knowledge, advisers, truth }: AblationInput, method: Uint8Array): void {
    const counts = this.#counts;
    for (let u = 0; u < truth.length; u++) {
      const [k, t] = [knowledge[u], truth[u]];
      if (t === 255) continue;
      counts.pixels++;
      if (advisers.every(({ mask }) => mask[u] === k)) continue;
      counts.differing++;
      if (k !== t && advisers.every(({ mask }) => mask[u] !== t)) continue;
      counts.decided++;
      if (method[u] === t) counts.method++;
      advisers.forEach(({ mask }, n) => this.#advice[n] += Number(mask[u] === t));
    }
  }

  /** The figures, over all classes and over some. */
  result(classes: readonly string[], over: readonly number[], images: number): Ladder {
    const rows = this.#masks.map((own, i) => ladderRow(this.#ablations[i].name, own, over));
    const means = rows.map(({ meanIouOver }) => meanIouOver);
    const best = Math.max(...means.slice(0, 1 + this.advisers.length));
    const [method, oracle] = [means[this.#ablations.indexOf(METHOD)], means[means.length - 1]];
    const { pixels, differing, decided, method: right } = this.#counts;
    return {
      images,
      classes,
      rows,
      differing: differing / pixels,
      choice: { method: right / decided, advice: Math.max(...this.#advice) / decided },
      gapClosed: (method - best) / (oracle - best),
      kinds: Object.fromEntries(
        [...this.#kinds].map(([kind, all]) => {
          const [k, a, m] = all.map((own) => scores(own).meanIouPresent);
          return [kind, [k, a, m]];
        }),
      ),
    };
  }
}

function ladderRow(name: string, own: Confusion, over: readonly number[]): LadderRow {
  const all = scores(own);
  return {
    name,
    meanIou: all.meanIouPresent,
    meanIouOver: meanIouOver(all, over),
    pixelAccuracy: all.pixelAccuracy,
    iou: all.classes.map(({ iou }) => iou),
  };
}
