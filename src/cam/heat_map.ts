import type { ScoreMap } from "../data/cam.ts";
import type { Image } from "../data/image.ts";
import { paintHeat, sheet } from "../data/picture.ts";
import { viewMaps } from "../data/resize.ts";

/** The photograph, and beside it the map of each of its classes, in ascending order, as heat over it. */
export function heatMaps(photograph: Image, maps: ReadonlyMap<number, ScoreMap>): Image {
  const over = [...maps.values()].map((map) => {
    const { data, width, height } = viewMaps({ ...map, channels: 1 }, photograph);
    const heat = paintHeat({ data, width, height });
    const mixed = heat.data.map((value, i) => 0.6 * value + 0.4 * photograph.data[i]);
    return { width, height, data: mixed };
  });
  return sheet([[photograph, ...over]]);
}
