import { empty, type Tensor } from "../../tensor/mod.ts";
import { keyOverrides } from "./corners.ts";
import hashCode from "./hash.wgsl" with { type: "text" };
import neighboursCode from "./neighbours.wgsl" with { type: "text" };
import neighboursBuffers from "./neighbours_buffers.wgsl" with { type: "text" };
import neighboursTexels from "./neighbours_texels.wgsl" with { type: "text" };
import tableBuffers from "./table_buffers.wgsl" with { type: "text" };
import tableTexels from "./table_texels.wgsl" with { type: "text" };
import { chosen, striding, variants } from "./variants.ts";
import type { VertexTable } from "./vertex_table.ts";

const kernels = variants(
  "crf_neighbours",
  `${tableTexels}\n${neighboursTexels}`,
  `${tableBuffers}\n${neighboursBuffers}`,
  hashCode,
  neighboursCode,
);

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
  device.run(
    chosen(device, kernels),
    { keys, table, vertices, firsts, stats, neighbours },
    {
      params: { mask },
      threads: striding(device, texels),
      overrides: keyOverrides(dims, images),
    },
  );
  return neighbours;
}
