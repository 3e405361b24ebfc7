/**
 * Round numbers, 3 to 9 of them, that enclose all values.
 *
 * @throws {RangeError} when there are none, or one is no number.
 */
export function ticksOf(values: readonly number[]): number[] {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new RangeError("Cannot draw a chart: it has no rows, or a value is no number");
  }
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (high - low <= 1e-4 * Math.max(Math.abs(low), Math.abs(high))) {
    const about = 0.5 * Math.abs(high) || 1; // one value: the ticks around it must not read the same
    [low, high] = [low - about, high + about];
  }
  const span = high - low;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => span / n <= 6)!;
  const [from, to] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: Math.max(to, from + 1) - from + 1 }, (_, i) => (from + i) * step);
}

/** A tick as it is written. */
export function tickText(tick: number): string {
  return String(+tick.toPrecision(6));
}
