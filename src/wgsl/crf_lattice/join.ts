import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { type Block, block } from "./block.ts";
import type { Corners } from "./corners.ts";
import type { Lattice } from "./crf_lattice.ts";
import joinRunsCode from "./join_runs.wgsl" with { type: "text" };
import joinSlicesCode from "./join_slices.wgsl" with { type: "text" };
import { type Normalisation, normalised } from "./normalised.ts";
import vertexKeysCode from "./vertex_keys.wgsl" with { type: "text" };
import { findNeighbours, numberKeys, releaseTable, type VertexTable } from "./vertex_table.ts";

const keysKernel = kernel("crf_vertex_keys", vertexKeysCode);
const joinRuns = kernel("crf_join_runs", joinRunsCode);
const joinSlices = kernel("crf_join_slices", joinSlicesCode);

/** A block of a large image with vertices of its own. */
export interface Piece {
  /** Dimensions of the features, d. */
  readonly dims: number;
  /** The block, which knows its own vertices alone. */
  readonly block: Block;
  /** The keys of its vertices, without the empty one. */
  readonly keys: Tensor;
}

/** A piece from the corners of a block, which it releases, and their number of vertices. */
export function piece(from: Corners, vertices: number): Piece {
  const { dims, table } = from;
  const { device } = table.keys;
  const size = vertices - 1;
  const kept = empty(device, [size, 4]);
  device.run(keysKernel, { keys: table.keys, firsts: table.firsts, kept }, {
    params: { size },
    threads: size,
  });
  const own = block(from, vertices);
  releaseTable(table);
  return { dims, block: own, keys: kept };
}

/** Numbers the vertices of all pieces together; releases their keys. */
export function joinKeys(pieces: readonly Piece[]): VertexTable {
  const { device } = pieces[0].keys;
  const keys = empty(device, [pieces.reduce((sum, { keys }) => sum + keys.shape[0], 0), 4]);
  let offset = 0;
  for (const piece of pieces) {
    const bytes = 4 * piece.keys.size;
    device.copy(piece.keys.storage, keys.storage, bytes, 0, offset);
    offset += bytes;
    piece.keys.release();
  }
  return numberKeys(keys);
}

/** Completes a lattice of several pieces, whose table has `vertices` vertices; releases both. */
export function joined(
  pieces: readonly Piece[],
  table: VertexTable,
  vertices: number,
  normalisation: Normalisation,
  compat: number,
): Lattice {
  const { dims } = pieces[0];
  const neighbours = findNeighbours(table, dims, 1, vertices);
  let base = 0;
  const blocks = pieces.map(({ block, keys }) => {
    const moved = moveBlock(block, table, base, keys.shape[0], vertices);
    base += keys.shape[0];
    return moved;
  });
  releaseTable(table);
  const raw = { dims, vertices, stats: table.stats, blocks };
  return normalised(raw, neighbours, normalisation, compat);
}

/** The same block with the vertices of the whole image. */
function moveBlock(
  block: Block,
  { slots, vertices }: VertexTable,
  base: number,
  own: number,
  all: number,
): Block {
  const { device } = slots;
  const runs = empty(device, [all, 2]);
  device.clear(runs.storage);
  device.run(joinRuns, { slots, vertices, runs: block.runs, joined: runs }, {
    params: { size: own, base },
    threads: own,
  });
  const slices = empty(device, block.slices.shape);
  const size = slices.shape[0];
  device.run(joinSlices, { slots, vertices, slices: block.slices, joined: slices }, {
    params: { size, base },
    threads: size,
  });
  block.runs.release();
  block.slices.release();
  return { ...block, runs, slices };
}
