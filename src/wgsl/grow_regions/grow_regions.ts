import { kernel } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { checkMask } from "../one_hot/check_mask.ts";
import forestCode from "./forest.wgsl" with { type: "text" };
import joinCode from "./join.wgsl" with { type: "text" };
import markCode from "./mark.wgsl" with { type: "text" };
import initCode from "./init.wgsl" with { type: "text" };
import labelCode from "./label.wgsl" with { type: "text" };

const init = kernel("grow_regions_init", initCode);
const join = kernel("grow_regions_join", forestCode, joinCode);
const mark = kernel("grow_regions_mark", forestCode, markCode);
const label = kernel("grow_regions_label", forestCode, labelCode);

/**
 * Grows seeds over the regions they lie in: a pixel without seed gets its class if the 8-connected
 * region of that class around it has a pixel where class and seed agree (Huang et al. 2018). Seeds
 * stay. u32 `[n,h,w]`, 255 where there is still none.
 *
 * Regions are found by disjoint sets that all pixels join at once, so that no number of passes
 * depends on their shapes.
 *
 * @param classes the class of every pixel that may join, 255 of the others; u32 `[n,h,w]`
 * @param seeds u32 `[n,h,w]`, 255 where there is none
 * @throws {TypeError} when the masks are not u32 or differ in shape.
 */
export function growRegions(classes: Tensor, seeds: Tensor): Tensor {
  checkMask("grow", classes, seeds);
  const { device, shape, size } = classes;
  const [h, w] = shape.slice(-2);
  const [parents, seeded, y] = [0, 1, 2].map(() => empty(device, shape, "u32"));
  const dispatch = { params: { size }, threads: size };
  device.run(init, { parents, seeded }, dispatch);
  device.run(join, { parents, classes }, { params: { size, w, hw: h * w }, threads: size });
  device.run(mark, { parents, classes, seeds, seeded }, dispatch);
  device.run(label, { parents, classes, seeds, seeded, y }, dispatch);
  for (const scratch of [parents, seeded]) scratch.release();
  return y;
}
