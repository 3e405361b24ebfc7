import type { Device } from "../../gpu/mod.ts";
import { empty, nchw, showShape, type Tensor, tensor } from "../../tensor/mod.ts";
import { lanes } from "../lanes/lanes.ts";
import bestCode from "./best.wgsl" with { type: "text" };
import energiesCode from "./energies.wgsl" with { type: "text" };

const energies = lanes("present_energies", energiesCode);
const choosing = lanes("present_best", bestCode);

/** Stands in a slot that has no class. */
const NONE = 0xffff_ffff;

/**
 * The classes that images of a batch show, one in a slot, u32 `[n,slots]`: as many slots as the image
 * with the most classes needs. Images with few of many classes then need few planes.
 *
 * @throws {RangeError} when an image shows no class.
 */
export function presentClasses(device: Device, classes: readonly (readonly number[])[]): Tensor {
  if (classes.some(({ length }) => length === 0)) {
    throw new RangeError("Cannot list the classes of an image that shows none");
  }
  const slots = Math.max(...classes.map(({ length }) => length));
  const table = new Uint32Array(classes.length * slots).fill(NONE);
  classes.forEach((own, n) => table.set(own, n * slots));
  return tensor(device, table, [classes.length, slots]);
}

/**
 * Energies `[n,slots,h,w]` of the classes that each image shows, U = -log max(p, clip) with p the
 * softmax of the logits `[n,c,h,w]` over all classes; 1e30 in slots without a class. No gradient
 * flows.
 *
 * @param present what {@linkcode presentClasses} made
 * @throws {TypeError} when the shapes do not fit.
 */
export function presentEnergies(logits: Tensor, present: Tensor, clip = 1e-5): Tensor {
  const { device, shape } = logits;
  const [n, c, h, w] = nchw("take energies", shape);
  const slots = slotsOf(present, n, shape);
  const y = empty(device, [n, slots, h, w]);
  const { kernel, units } = energies(h * w);
  device.run(kernel, { x: logits, present, y }, {
    params: { hw: units, most: -Math.log(clip) },
    threads: [units, n],
    overrides: { C: c, SLOTS: slots },
    trips: c + slots,
  });
  return y;
}

/**
 * The class with the largest score of every pixel among those that the image shows, from scores of
 * slots `[n,slots,h,w]` to u32 `[n,h,w]`; the first of equals.
 *
 * @param present what {@linkcode presentClasses} made
 * @throws {TypeError} when the shapes do not fit.
 */
export function bestPresent(scores: Tensor, present: Tensor): Tensor {
  const { device, shape } = scores;
  const [n, planes, h, w] = nchw("choose classes", shape);
  const slots = slotsOf(present, n, shape);
  if (planes !== slots) refuse(present, shape);
  const y = empty(device, [n, h, w], "u32");
  const { kernel, units } = choosing(h * w);
  device.run(kernel, { x: scores, present, y }, {
    params: { hw: units },
    overrides: { SLOTS: slots },
    threads: [units, n],
    trips: slots,
  });
  return y;
}

function slotsOf(present: Tensor, n: number, shape: readonly number[]): number {
  const [images, slots] = present.shape;
  if (images !== n || present.dtype !== "u32" || present.shape.length !== 2) refuse(present, shape);
  return slots;
}

function refuse({ shape: table, dtype }: Tensor, shape: readonly number[]): never {
  throw new TypeError(
    `Cannot use ${dtype} classes ${showShape(table)} with scores ${showShape(shape)}`,
  );
}
