import type { Mask } from "../masks/mask.ts";
import type { Ring } from "./polygon.ts";

/** A connected part of a class: pixels that touch along a side. */
export interface Region {
  /** Its class. */
  readonly index: number;
  /** Its pixels, as places in the mask, ascending. */
  readonly pixels: Int32Array;
}

/** The connected parts of all classes but background and those that are left out. */
export function regionsOf({ width, height, data }: Mask, without: readonly number[]): Region[] {
  const seen = new Uint8Array(data.length);
  const regions: Region[] = [];
  const queue = new Int32Array(data.length);
  for (let start = 0; start < data.length; start++) {
    const index = data[start];
    if (seen[start] || without.includes(index)) continue;
    let count = 0;
    const visit = (u: number) => {
      if (seen[u] || data[u] !== index) return;
      seen[u] = 1;
      queue[count++] = u;
    };
    visit(start);
    for (let at = 0; at < count; at++) {
      const u = queue[at];
      const x = u % width;
      if (x > 0) visit(u - 1);
      if (x < width - 1) visit(u + 1);
      if (u >= width) visit(u - width);
      if (u < width * (height - 1)) visit(u + width);
    }
    regions.push({ index, pixels: queue.slice(0, count).sort() });
  }
  return regions;
}

/**
 * The outline of a region along the edges of its pixels, as one ring: holes hang on it by edges that are
 * passed there and back. `fillRing` makes exactly the region of it.
 */
export function outlineOf({ pixels }: Region, { width }: Pick<Mask, "width">): Ring {
  const rings = ringsOf(pixels, width);
  const outer = rings.shift()!;
  for (const hole of rings) hang(outer, hole);
  return outer;
}

/** The rings around a region and its holes, the outer one first, straight lines without points between. */
function ringsOf(pixels: Int32Array, width: number): number[][] {
  const inside = new Set(pixels);
  const wide = width + 1; // corners in a row
  /** Where edges lead, by the corner where they begin: the region lies on their right. */
  const edges = new Map<number, number[]>();
  const add = (from: number, to: number) => {
    const there = edges.get(from);
    if (there) there.push(to);
    else edges.set(from, [to]);
  };
  for (const u of pixels) {
    const x = u % width;
    const corner = (u - x) / width * wide + x;
    if (!inside.has(u - width)) add(corner, corner + 1);
    if (x === width - 1 || !inside.has(u + 1)) add(corner + 1, corner + 1 + wide);
    if (!inside.has(u + width)) add(corner + 1 + wide, corner + wide);
    if (x === 0 || !inside.has(u - 1)) add(corner + wide, corner);
  }
  const rings: number[][] = [];
  // The first pixel is the uppermost: the ring that begins there is the outer one.
  for (const [start, ends] of edges) {
    while (ends.length > 0) {
      const ring: number[] = [];
      let at = start;
      let before = 0;
      do {
        const next = edges.get(at)!.pop()!;
        if (next - at !== before) ring.push(at % wide, Math.floor(at / wide));
        before = next - at;
        at = next;
      } while (at !== start);
      rings.push(ring);
    }
  }
  return rings;
}

/** Hangs a hole on a ring at those two of their corners that are nearest, seen from its first one. */
function hang(ring: number[], hole: readonly number[]): void {
  const [x, y] = hole;
  let [best, distance] = [0, Infinity];
  for (let i = 0; i < ring.length; i += 2) {
    const away = (ring[i] - x) ** 2 + (ring[i + 1] - y) ** 2;
    if (away < distance) [best, distance] = [i, away];
  }
  const bridge = ring.slice(best, best + 2);
  ring.splice(best + 2, 0, ...hole, x, y, ...bridge);
}
