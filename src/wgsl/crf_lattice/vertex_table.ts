import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { scan } from "../crf_scan/crf_scan.ts";
import { keyOverrides } from "./features.ts";
import hashCode from "./hash.wgsl" with { type: "text" };
import insertCode from "./insert.wgsl" with { type: "text" };
import neighboursCode from "./neighbours.wgsl" with { type: "text" };
import numberCode from "./number.wgsl" with { type: "text" };

const insert = kernel("crf_insert", hashCode, insertCode);
const number = kernel("crf_number", numberCode);
const find = kernel("crf_neighbours", hashCode, neighboursCode);

/** Keys, and the table in which each finds the number of its vertex. */
export interface VertexTable {
  /** Packed keys, one texel each; several may be equal. */
  readonly keys: Tensor;
  /** Where each key is in the table, u32. */
  readonly slots: Tensor;
  /** An open hash table of the complements of first positions, u32. */
  readonly table: Tensor;
  /** The size of the table less one. */
  readonly mask: number;
  /** The vertex in each slot of the table, u32. */
  readonly vertices: Tensor;
  /** The position of the first key of each vertex, u32. */
  readonly firsts: Tensor;
  /** u32: the number of vertices with the empty vertex 0. */
  readonly stats: Tensor;
}

/** Numbers the distinct keys from 1 on in the order of their first positions, which it owns. */
export function numberKeys(keys: Tensor): VertexTable {
  const { device } = keys;
  const size = keys.shape[0];
  const mask = 2 ** Math.ceil(Math.log2(1.25 * size + 1)) - 1;
  const slots = empty(device, [size], "u32");
  const table = empty(device, [mask + 1], "u32");
  const vertices = empty(device, [mask + 1], "u32");
  const firsts = empty(device, [size + 1], "u32");
  const stats = empty(device, [4], "u32");
  device.clear(table.storage);
  device.run(insert, { keys, table, slots }, { params: { size, mask }, threads: size });
  const BLOCK = countedTogether(device);
  const blocks = Math.ceil(size / BLOCK);
  const offsets = empty(device, [blocks], "u32");
  const run = (COUNT: number) =>
    device.run(number, { table, slots, offsets, vertices, firsts, stats }, {
      params: { size },
      threads: blocks,
      overrides: { BLOCK, COUNT },
    });
  run(1);
  scan(offsets);
  run(0);
  offsets.release();
  return { keys, slots, table, mask, vertices, firsts, stats };
}

/** Gives back all of a table but `stats`. */
export function releaseTable(of: VertexTable): void {
  for (const x of [of.keys, of.slots, of.table, of.vertices, of.firsts]) x.release();
}

/** The neighbours of at most `most` vertices: (forth, back) pairs of vertices, one an axis. */
export function findNeighbours(
  from: VertexTable,
  dims: number,
  images: number,
  most: number,
): Tensor {
  const { mask, keys, table, vertices, firsts, stats } = from;
  const { device } = keys;
  const neighbours = empty(device, [most * Math.ceil((dims + 1) / 2), 4]);
  device.clear(neighbours.storage);
  device.run(find, { keys, table, vertices, firsts, stats, neighbours }, {
    params: { mask },
    threads: (most - 1) * (dims + 1),
    overrides: keyOverrides(dims, images),
  });
  return neighbours;
}

/** How many things one thread counts in turn before a scan: a GPU has a thread for each. */
export function countedTogether({ texels }: Device): number {
  return texels ? 64 : 1;
}

/** Threads of a kernel that strides over at most `most` items whose number the GPU alone knows. */
export function striding(device: Device, most: number): number {
  return Math.min(most, Math.max(device.texels ? 1 << 14 : 1 << 18, Math.ceil(most / 64)));
}
