/** A share, 0..1, in per cent: 0.5444 is "54.4"; "-" where there is none (null, or 0/0). */
export function percent(share: number | null, digits = 1): string {
  return share === null || Number.isNaN(share) ? "-" : (100 * share).toFixed(digits);
}
