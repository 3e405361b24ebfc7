import type { AblationInput } from "./ablation_input.ts";
import { type Biases, type Choice, fuse, STATIC_BIASES } from "./integration.ts";

/** One way to make a mask, which the table has a row for. */
export interface Ablation {
  /** Its name in the table. */
  readonly name: string;
  /** Makes the mask. */
  mask(from: AblationInput): Uint8Array<ArrayBuffer>;
}

const at = (difference: number, background: number, flag = 1): Biases => ({
  difference,
  background,
  flag,
});

/** The masks that fusion makes of what was predicted, or of what `predicted` makes of it. */
function refined(
  name: string,
  choice: Choice,
  predicted: (logits: Float32Array) => Float32Array = (logits) => logits,
): Ablation {
  return {
    name,
    mask({ knowledge, fromK, advisers }) {
      const own = advisers.map(({ change, ...rest }) => ({ ...rest, change: predicted(change) }));
      return fuse({ mask: knowledge, change: predicted(fromK) }, own, choice);
    },
  };
}

/** Both predictions exchanged: s(-x) = 1 - s(x), so their difference changes its sign. */
const exchanged = (logits: Float32Array) => logits.map((x) => -x);

/** The refined masks as the method makes them. */
export const METHOD: Ablation = refined("refined 0.1/0.1", STATIC_BIASES);

/** Other biases, difference/background. */
const SWEEP = [[-0.4, 0], [0, 0], [0.1, 0], [0.4, 0], [0.4, 0.4], [0.8, 0]] as const;

/** What every table has. */
const COMMON: readonly Ablation[] = [
  METHOD,
  ...SWEEP.map(([difference, background]) =>
    refined(`refined ${difference}/${background}`, at(difference, background))
  ),
  refined("no flags 0.1/0.1", at(0.1, 0.1, 0)),
  refined("flags alone 0.1/0.1", STATIC_BIASES, (logits) => new Float32Array(logits.length)),
  refined("exchanged 0.1/0.1", STATIC_BIASES, exchanged),
  {
    name: "random choice",
    mask: ({ knowledge, advisers, random }) =>
      knowledge.map((k, u) => {
        if (advisers.every(({ mask }) => mask[u] === k)) return k;
        const chosen = Math.floor(random.next() * (advisers.length + 1));
        return chosen === 0 ? k : advisers[chosen - 1].mask[u];
      }),
  },
  {
    name: "oracle choice",
    mask: ({ knowledge, advisers, truth }) =>
      knowledge.map((k, u) => advisers.some(({ mask }) => mask[u] === truth[u]) ? truth[u] : k),
  },
];

/**
 * The inputs, the method, its biases swept, and what shows which of its parts brings the gain: without
 * flags, flags alone, both predictions exchanged, a choice at random for each pixel, and the truth
 * choosing for each pixel. Of several advisers each has a row for its mask, and one for what would be
 * refined with it alone.
 *
 * @param advisers their names
 * @param chosen how the masks were refined, where that is otherwise; also exchanged
 */
export function ablationsOf(advisers: readonly string[], chosen?: Choice): readonly Ablation[] {
  const several = advisers.length > 1;
  return [
    { name: "knowledge", mask: ({ knowledge }) => knowledge },
    ...advisers.map((name, n): Ablation => ({
      name: several ? `advice ${name}` : "advice (CRF)",
      mask: ({ advisers }) => advisers[n].mask,
    })),
    ...COMMON.slice(0, 1),
    ...(chosen
      ? [refined("as refined", chosen), refined("as refined, exchanged", chosen, exchanged)]
      : []),
    ...(several ? advisers : []).map((name, n): Ablation => ({
      name: `${name} alone 0.1/0.1`,
      mask: ({ advisers, ...from }) => METHOD.mask({ ...from, advisers: [advisers[n]] }),
    })),
    ...COMMON.slice(1),
  ];
}
