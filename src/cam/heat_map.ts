import type { ScoreMap } from "../data/scores/cam.ts";
import type { Image } from "../data/images/image.ts";
import { heatOver, sheet, thumbnail } from "../data/images/picture.ts";

/** A small photograph, and beside it the map of each of its classes, ascending, as heat over it. */
export function heatMaps(photograph: Image, maps: ReadonlyMap<number, ScoreMap>): Image {
  const small = thumbnail(photograph);
  return sheet([[small, ...[...maps.values()].map((map) => heatOver(small, map))]]);
}
