import type { ScoreMap } from "../data/scores/cam.ts";
import type { Image } from "../data/images/image.ts";
import { heatOver, thumbnail } from "../data/images/picture.ts";

/** A small photograph, and after it the map of each of its classes, ascending, as heat over it. */
export function heatRow(photograph: Image, maps: ReadonlyMap<number, ScoreMap>): Image[] {
  const small = thumbnail(photograph);
  return [small, ...[...maps.values()].map((map) => heatOver(small, map))];
}
