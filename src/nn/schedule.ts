/** The factor on the learning rate when a fraction 0..1 of the training is done. */
export type Schedule = (progress: number) => number;

/** (1 - t)^power, the "poly" schedule of DeepLab and PSA (power 0.9). */
export function poly(power = 0.9): Schedule {
  return (t) => (1 - Math.min(t, 1)) ** power;
}

/**
 * (1 + cos(pi t / stretch)) / 2 (Loshchilov & Hutter 2017, eq. 5, without restarts).
 *
 * A stretch of 1.2 ends at about 7 % of the first rate, as the published training of SSDD does.
 */
export function cosine(stretch = 1): Schedule {
  return (t) => 0.5 * (1 + Math.cos(Math.PI * Math.min(t, 1) / stretch));
}

/** The schedule of a name; `stretch` is that of a cosine. */
export function scheduleOf(
  { schedule, stretch }: { readonly schedule: "cosine" | "poly"; readonly stretch: number },
): Schedule {
  return schedule === "poly" ? poly() : cosine(stretch);
}

/** One throughout. */
export function flat(): Schedule {
  return () => 1;
}
