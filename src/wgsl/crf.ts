/** The ops of the dense CRF. @module */
export { type ExactFilter, exactFilter, exactMessage } from "./crf_exact/crf_exact.ts";
export { divergenceSums } from "./crf_divergence/crf_divergence.ts";
export { filterUp, groupsOf, packingPays } from "./crf_filter/crf_filter.ts";
export type { Block } from "./crf_lattice/block.ts";
export { type Corners, corners } from "./crf_lattice/corners.ts";
export { keepLattice, type Lattice, lattice, releaseLattice } from "./crf_lattice/crf_lattice.ts";
export { checkWidths, type Features, maxPixels, maxTexels } from "./crf_lattice/features.ts";
export { LimitError, NarrowKernelError } from "./crf_lattice/features.ts";
export { joined, joinKeys, type Piece, piece } from "./crf_lattice/join.ts";
export type { Normalisation } from "./crf_lattice/normalised.ts";
export { serialCorners } from "./crf_lattice/serial_corners.ts";
export { serialLattice } from "./crf_lattice/serial_lattice.ts";
export type { VertexTable } from "./crf_lattice/vertex_table.ts";
export { mixLabels, mixMatrix } from "./crf_mix/crf_mix.ts";
export { addMessages, type Message, type Packing, updateQ } from "./crf_update/crf_update.ts";
export { bestLabels, packScores, type Planes, unpackPlanes } from "./crf_update/layout.ts";
