import type { ScoreMap } from "../data/scores/cam.ts";
import type { Image } from "../data/images/image.ts";
import { heatOver, named, type Picture, thumbnail } from "../data/images/picture.ts";

/** A small photograph, and after it the map of each of its classes, ascending, as heat over it. */
export function heatRow(
  photograph: Image,
  maps: ReadonlyMap<number, ScoreMap>,
  classes: readonly string[],
): Picture[] {
  const small = thumbnail(photograph);
  return [
    named(small, "photograph"),
    ...Array.from(maps, ([c, map]) => named(heatOver(small, map), classes[c])),
  ];
}
