import { InputError } from "../../files/error.ts";

/**
 * Refuses what a network computed when it is not finite, before it is written.
 *
 * @param what names it in the message
 * @throws {InputError} when a score is not finite.
 */
export function requireFinite(scores: Float32Array, what: string): void {
  if (scores.every(Number.isFinite)) return;
  throw new InputError(
    `Cannot write ${what}: they are not finite. Train the run again with a lower --learning-rate.`,
  );
}
