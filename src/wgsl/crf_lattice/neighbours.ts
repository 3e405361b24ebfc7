import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { keyOverrides } from "./corners.ts";
import hashCode from "./hash.wgsl" with { type: "text" };
import neighboursCode from "./neighbours.wgsl" with { type: "text" };
import { striding } from "./striding.ts";
import type { VertexTable } from "./vertex_table.ts";

const find = kernel("crf_neighbours", hashCode, neighboursCode);

/** The neighbours of at most `most` vertices: (forth, back) pairs of vertices, one an axis. */
export function findNeighbours(
  from: VertexTable,
  dims: number,
  images: number,
  most: number,
): Tensor {
  const { mask, keys, table, vertices, firsts, stats } = from;
  const { device } = keys;
  const texels = most * Math.ceil((dims + 1) / 2);
  const neighbours = empty(device, [texels, 4]);
  device.run(find, { keys, table, vertices, firsts, stats, neighbours }, {
    params: { mask },
    threads: striding(device, texels),
    overrides: keyOverrides(dims, images),
  });
  return neighbours;
}
