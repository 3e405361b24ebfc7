import type { Seed } from "../seeds.ts";

/** A file that is made to fill the memory or the time of a reader. */
export interface Attack extends Omit<Seed, "bytes"> {
  readonly bytes: () => Uint8Array<ArrayBuffer>;
}

/** So many bytes of 0. */
export const zeros = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);

/** So many blanks. */
export const blanks = (length: number): string => " ".repeat(length);

/** A file of text. */
export const text = (content: string) => (): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(content);
