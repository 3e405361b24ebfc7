// Tested in src/crf/mean_field_test.ts.
import { type Device, kernel } from "../../gpu/mod.ts";
import { empty, type Tensor, tensor } from "../../tensor/mod.ts";
import { striding } from "../crf_lattice/vertex_table.ts";
import mixCode from "./mix.wgsl" with { type: "text" };

const mix = kernel("crf_mix", mixCode);

/** Puts a matrix of costs, labels x labels, where {@linkcode mixLabels} reads it. */
export function mixMatrix(
  device: Device,
  costs: readonly (readonly number[])[],
  groups: number,
): Tensor {
  const lanes = 4 * groups;
  const mu = new Float32Array(lanes * lanes);
  costs.forEach((row, a) => row.forEach((cost, b) => mu[b * lanes + a] = -cost));
  return tensor(device, mu, [lanes, lanes]);
}

/**
 * Minus the matrix times the labels of each row of `x`: `groups` texels a vertex or a pixel, as many
 * as the first u32 of `rows` says and at most `most`.
 */
export function mixLabels(
  mu: Tensor,
  x: Tensor,
  rows: Tensor,
  most: number,
  groups: number,
): Tensor {
  const { device } = x;
  const mixed = empty(device, [most * groups, 4]);
  device.run(mix, { mu, rows, x, mixed }, {
    threads: striding(device, most * groups),
    overrides: { GROUPS: groups },
  });
  return mixed;
}
