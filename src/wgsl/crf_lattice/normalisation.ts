/** How a kernel K is divided by its row sums N = K 1; the four ways of pydensecrf. */
export type Normalisation = "none" | "before" | "after" | "symmetric";

/** The number by which the shaders know each. */
export const normalisationModes: Readonly<Record<Normalisation, number>> = {
  none: 0,
  before: 1,
  after: 2,
  symmetric: 3,
};
