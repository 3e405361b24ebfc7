/** Whether a line says at the start what was understood; `sayData` has a test of its own. */
export function isUnderstood(line: string): boolean {
  return /^(Validation: )?(\d+ photographs? of |Image labels of |Left out: |Scores walk over )/
    .test(line);
}
