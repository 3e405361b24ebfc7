import { kernel } from "../../gpu/mod.ts";
import { derive, empty, showShape, type Tensor, tracks } from "../../tensor/mod.ts";
import { sharedSums } from "../over_peers.ts";
import { lanes, threadsAlone } from "../lanes/lanes.ts";
import added from "../lanes/added.wgsl" with { type: "text" };
import code from "./change_loss.wgsl" with { type: "text" };
import gradCode from "./change_loss_grad.wgsl" with { type: "text" };
import keptCode from "./change_loss_kept.wgsl" with { type: "text" };
import sumsCode from "./change_loss_sums.wgsl" with { type: "text" };
import totalCode from "./change_loss_total.wgsl" with { type: "text" };

const forward = lanes("change_loss", added, code);
const grad = lanes("change_loss_grad", gradCode);
const keeping = kernel("change_loss_kept", sumsCode, keptCode);
const final = kernel("change_loss_total", sumsCode, totalCode);
const BALANCES = { image: 0, batch: 1, plain: 2 } as const;

/** Which images and pixels count how much in a change loss. */
export interface ChangeLossOptions {
  /** `[n]`, or `[n,k]` as collapse flags: an image with anything but zeros is left out. */
  readonly exclude?: Tensor;
  /**
   * `image` (default): changed and unchanged pixels of each image weigh the same; `batch`: those of
   * all kept images together do; `plain`: every pixel weighs the same.
   */
  readonly balance?: "image" | "batch" | "plain";
}

/**
 * Binary cross-entropy between change logits z `[n,1,h,w]` and where masks differ Y `[n,h,w]` (u32 or
 * f32; anything but 0 is a change, except 255 of u32, which does not count), balanced between both kinds of pixel: `[1]`.
 *
 * L = mean over kept images of (mean_{Y=0} softplus(z) + mean_{Y=1} softplus(-z)) / 2; an empty half
 * counts 0, and so does a batch with no image kept. Shimoda & Yanai, ICCV 2019.
 *
 * @throws {TypeError} when the shapes do not fit.
 */
export function changeLoss(
  logits: Tensor,
  target: Tensor,
  { exclude, balance = "image" }: ChangeLossOptions = {},
): Tensor {
  const { device, shape, size } = logits;
  const [n] = shape;
  const hw = size / n;
  if (target.size !== size || target.shape[0] !== n || (exclude && exclude.shape[0] !== n)) {
    throw new TypeError(
      `Cannot compare change logits ${showShape(shape)} with ${showShape(target.shape)}` +
        (exclude ? ` excluding ${showShape(exclude.shape)}` : ""),
    );
  }
  const { kernel: sum, units } = forward(hw);
  const inputs = { z: logits, labels: target };
  const wanted = Math.min(Math.ceil(1024 / n), Math.ceil(units / 8), 32);
  const slices = Math.max(Math.ceil(units / 16_384), device.texels ? wanted : 1);
  const partial = empty(device, [n, slices, 4]);
  device.run(sum, { ...inputs, partial }, {
    params: { n, hw: units, slices },
    ...threadsAlone(device, n * slices),
    trips: Math.ceil(units / slices),
  });
  const y = empty(device, [1]);
  const factors = empty(device, [n, 2]);
  const columns = exclude ? exclude.size / n : 0;
  const kept = { partial, exclude: exclude ?? partial };
  const params = { n };
  const short = { SLICES: slices, COLUMNS: columns };
  const trips = n * (1 + columns + slices);
  let shared: Tensor | undefined;
  if (device.peers) {
    const own = empty(device, [5]);
    device.run(keeping, { ...kept, kept: own }, {
      params,
      overrides: short,
      threads: 1,
      trips,
    });
    shared = sharedSums(own);
  }
  device.run(final, { ...kept, y, factors, shared_sums: shared ?? partial }, {
    params,
    threads: 1,
    trips: 2 * trips,
    overrides: {
      BALANCE: BALANCES[balance],
      SHARED: Number(shared !== undefined),
      ...short,
    },
  });
  for (const scratch of [partial, shared]) scratch?.release();
  if (!tracks(logits)) factors.release();
  return derive(y, [logits, (dy) => {
    const dz = empty(device, shape);
    const { kernel, units: hw } = grad(size / n);
    const dispatch = { params: { hw }, threads: [hw, n] as const };
    device.run(kernel, { ...inputs, factors, dy, dz }, dispatch);
    factors.release();
    return dz;
  }]);
}
