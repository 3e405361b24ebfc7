import type { AblationInput } from "./ablation_input.ts";
import { type Biases, integrate, STATIC_BIASES } from "./integration.ts";

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

function refined(name: string, biases: Biases): Ablation {
  return {
    name,
    mask: ({ knowledge, advice, fromK, fromA, flags }) =>
      integrate(knowledge, advice, fromK, fromA, flags, biases),
  };
}

/** The refined masks as the method makes them. */
export const METHOD: Ablation = refined("refined 0.1/0.1", STATIC_BIASES);

/** Other biases, difference/background. */
const SWEEP = [[-0.4, 0], [0, 0], [0.1, 0], [0.4, 0], [0.4, 0.4], [0.8, 0]] as const;

/**
 * The inputs, the method, its biases swept, and what shows which of its parts brings the gain: without
 * flags, flags alone, both predictions exchanged, a coin for each pixel, and the truth choosing for
 * each pixel.
 */
export const ABLATIONS: readonly Ablation[] = [
  { name: "knowledge", mask: ({ knowledge }) => knowledge },
  { name: "advice (CRF)", mask: ({ advice }) => advice },
  METHOD,
  ...SWEEP.map(([difference, background]) =>
    refined(`refined ${difference}/${background}`, at(difference, background))
  ),
  refined("no flags 0.1/0.1", at(0.1, 0.1, 0)),
  {
    name: "flags alone 0.1/0.1",
    mask: ({ knowledge, advice, flags }) => {
      const zero = new Float32Array(knowledge.length);
      return integrate(knowledge, advice, zero, zero, flags, STATIC_BIASES);
    },
  },
  {
    name: "exchanged 0.1/0.1",
    mask: ({ knowledge, advice, fromK, fromA, flags }) =>
      integrate(knowledge, advice, fromA, fromK, flags, STATIC_BIASES),
  },
  {
    name: "random choice",
    mask: ({ knowledge, advice, random }) =>
      knowledge.map((k, u) => k === advice[u] || random.next() < 0.5 ? k : advice[u]),
  },
  {
    name: "oracle choice",
    mask: ({ knowledge, advice, truth }) =>
      knowledge.map((k, u) => advice[u] === truth[u] ? advice[u] : k),
  },
];
