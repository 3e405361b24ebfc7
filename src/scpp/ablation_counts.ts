import { accumulate, type Confusion, confusion } from "../eval/confusion.ts";
import { meanIouOver, scores } from "../eval/scores.ts";
import { ABLATIONS, METHOD } from "./ablations.ts";
import type { AblationInput } from "./ablation_input.ts";
import type { Ladder, LadderRow } from "./ladder.ts";

/** Counts the pixels of every ablation over a list. */
export class AblationCounts {
  readonly #masks: readonly Confusion[];
  readonly #kinds = new Map<string, readonly Confusion[]>();
  readonly #counts = { pixels: 0, differing: 0, decided: 0, method: 0, advice: 0 };

  /** A count of nothing yet; `kinds` says what makes each photograph hard. */
  constructor(readonly classes: number, readonly kinds: ReadonlyMap<string, readonly string[]>) {
    this.#masks = ABLATIONS.map(() => confusion(classes));
  }

  /** Counts one photograph. */
  add(id: string, from: AblationInput): void {
    const truth = { width: from.truth.length, height: 1, data: from.truth };
    const masks = ABLATIONS.map((ablation) => ablation.mask(from));
    const count = (into: Confusion, mask: Uint8Array<ArrayBuffer>) =>
      accumulate(into, truth, { ...truth, data: mask }, id, { predictedVoid: "background" });
    masks.forEach((mask, i) => count(this.#masks[i], mask));
    for (const kind of this.kinds.get(id) ?? []) {
      if (!this.#kinds.has(kind)) {
        this.#kinds.set(kind, [0, 1, 2].map(() => confusion(this.classes)));
      }
      this.#kinds.get(kind)!.forEach((own, i) => count(own, masks[i]));
    }
    this.#countChoices(from, masks[ABLATIONS.indexOf(METHOD)]);
  }

  #countChoices({ knowledge, advice, truth }: AblationInput, method: Uint8Array): void {
    const counts = this.#counts;
    for (let u = 0; u < truth.length; u++) {
      const [k, a, t] = [knowledge[u], advice[u], truth[u]];
      if (t === 255) continue;
      counts.pixels++;
      if (k === a) continue;
      counts.differing++;
      if (k !== t && a !== t) continue;
      counts.decided++;
      if (method[u] === t) counts.method++;
      if (a === t) counts.advice++;
    }
  }

  /** The figures, over all classes and over some. */
  result(classes: readonly string[], over: readonly number[], images: number): Ladder {
    const rows = this.#masks.map((own, i) => ladderRow(ABLATIONS[i].name, own, over));
    const [knowledge, advice, method] = rows.map(({ meanIouOver }) => meanIouOver);
    const [best, oracle] = [Math.max(knowledge, advice), rows[rows.length - 1].meanIouOver];
    const { pixels, differing, decided, ...right } = this.#counts;
    return {
      images,
      classes,
      rows,
      differing: differing / pixels,
      choice: { method: right.method / decided, advice: right.advice / decided },
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
