/**
 * Average precision of a ranking: the area under precision over recall, with the precision at each
 * recall replaced by the highest at that recall or beyond (the all-point rule of VOC since 2010).
 *
 * Equal scores are taken or left together, so that their order does not matter. NaN when nothing is
 * positive.
 *
 * @param scores higher for what is more likely positive
 * @param positive whether each really is
 * @throws {TypeError} when there are not as many of one as of the other.
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  positive: ArrayLike<boolean | number>,
): number {
  if (scores.length !== positive.length) {
    throw new TypeError(
      `Cannot rank ${scores.length} scores: ${positive.length} say whether they are positive`,
    );
  }
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i)
    .sort((a, b) => scores[b] - scores[a]);
  const steps: { found: number; precision: number }[] = []; // positives gained at each threshold
  let [hits, taken, before] = [0, 0, 0];
  for (const i of order) {
    if (positive[i]) hits++;
    taken++;
    if (taken < order.length && scores[order[taken]] === scores[i]) continue;
    steps.push({ found: hits - before, precision: hits / taken });
    before = hits;
  }
  let [area, highest] = [0, 0];
  for (const { found, precision } of steps.reverse()) {
    highest = Math.max(highest, precision);
    area += found * highest;
  }
  return area / hits;
}

/** The mean of the figures that are one; NaN when none is. */
export function meanAveragePrecision(figures: readonly number[]): number {
  const known = figures.filter((figure) => !Number.isNaN(figure));
  return known.reduce((sum, figure) => sum + figure, 0) / known.length;
}
