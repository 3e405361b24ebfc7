import type { EncoderName, Variant } from "./variant.ts";

/** The names of one published form of an encoder's weights, as data. */
export interface Layout {
  /** Who writes such files: "torchvision". */
  readonly name: string;
  /** Which encoder it is of. */
  readonly network: EncoderName;
  /** How its network pads and is normalised, where the same network is published in several ways. */
  readonly variant?: Variant;
  /** Our names of tensors that are taken as they are, with theirs. */
  readonly tensors: ReadonlyMap<string, string>;
  /** Our names of convolutions whose batch norm is folded into them, with theirs of the two. */
  readonly folded: ReadonlyMap<string, readonly [convolution: string, norm: string]>;
  /** The weights of the class scores, `[classes, ...]`, which may be absent. */
  readonly classifier: string;
}

/** The values of a batch norm. */
export const NORM = ["weight", "bias", "running_mean", "running_var"] as const;

/** Every name that a file of a layout must have. */
export function requiredNames({ tensors, folded }: Layout): string[] {
  const pairs = [...folded.values()].flatMap(([convolution, norm]) => [
    `${convolution}.weight`,
    ...NORM.map((part) => `${norm}.${part}`),
  ]);
  return [...tensors.values(), ...pairs];
}

/** A table of names with places such as `{n}` in it, filled. */
export function filled(template: string, places: Readonly<Record<string, number>>): string {
  return template.replace(/\{([^}]+)\}/g, (_, place) => String(places[place]));
}
