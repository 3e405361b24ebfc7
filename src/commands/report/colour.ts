import { vocPalette } from "../../data/masks/mask.ts";

/** The colour of a class in masks, for a style. */
export function colourOf(index: number): string {
  return `rgb(${vocPalette[index].join(" ")})`;
}
