/** Whether a line says at the start what was understood of the data; `sayData` has a test of its own. */
export function isUnderstood(line: string): boolean {
  return /^(Validation: )?(\d+ photographs? of |Image labels of |Left out: )/.test(line);
}
