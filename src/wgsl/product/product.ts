import { type Device, type Kernel, kernel, type Resource, type Trial } from "../../gpu/mod.ts";
import { empty, type Tensor } from "../../tensor/mod.ts";
import { slicesOf, sumSlices } from "../conv2d/sum_slices.ts";
import finishCode from "./finish.wgsl" with { type: "text" };
import sumCode from "./sum_slices.wgsl" with { type: "text" };
import {
  candidates,
  classOf,
  readTile,
  type Size,
  threadsOf,
  type Tile,
  tileText,
  usualTile,
} from "./tile.ts";

const sum = kernel("product_sum_slices", finishCode, sumCode);

/** How threads load an operand: the constants of `product.wgsl`. */
export const way = { quadsOfK: 0, quads: 1, columns: 2, rows: 3 } as const;

/** What is done with finished sums. */
export interface Finish {
  /** Added to each row m. */
  readonly bias?: Tensor;
  /** 1 ReLU, 2 ReLU6. */
  readonly act?: number;
  /** Whether that is added to what `y` holds. */
  readonly add?: boolean;
}

/** A product as its kernel takes it. */
export interface Product extends Finish {
  /** What kind of product it is, with what changes its code: part of its shape class. */
  readonly kind: string;
  /** Its size. */
  readonly size: Size;
  /** Columns of tiles, where they are not the columns of the product in whole tiles. */
  readonly tilesN?: (cols: number) => number;
  /** Shapes of the tensors of which it is made, and how: for trials. */
  readonly inputs: readonly Tensor[];
  /** The same product of other tensors of those shapes. */
  readonly of: (inputs: readonly Tensor[]) => Product;
  /** Sums of a channel that lie together in `y`, for the bias of sums of slices. */
  readonly plane: number;
  /** Where the sums of the rows of `a` over k go, `[m]`, if its kernel has `sums`. */
  readonly sums?: Tensor;
  /** The kernel, its memory, parameters and overrides. */
  readonly run: (tile: Tile) => {
    readonly kernel: Kernel;
    readonly resources: Readonly<Record<string, Resource>>;
    readonly params: Readonly<Record<string, number>>;
    readonly overrides: Readonly<Record<string, number>>;
    /** Memory that is released afterwards. */
    readonly scratch?: Tensor;
  };
}

/** Computes a product into `y`, by the tile that suits the device. */
export function multiply(product: Product, y: Tensor): void {
  const { kind, size, inputs } = product;
  const types = [...inputs, y].map(({ dtype }) => dtype);
  const name = classOf(types.includes("f16") ? `${kind} ${types.join()}` : kind, size);
  const chosen = y.device.choices.get(name, () => trialOf(product, y));
  const tile = chosen === undefined ? undefined : readTile(chosen);
  multiplyBy(product, y, tile ?? usualTile(size));
}

/** Tries tiles on tensors of its own, of the same shapes and types. */
function trialOf({ inputs, of, size }: Product, like: Tensor): Trial {
  const [y, ...own] = [like, ...inputs].map(({ device, shape, dtype }) => {
    const x = empty(device, shape, dtype);
    device.withdraw(x);
    return x;
  });
  const product = of(own);
  return {
    ways: candidates(size).map(tileText),
    run: (way) => multiplyBy(product, y, readTile(way)!),
    [Symbol.dispose]: () => [y, ...own].forEach((x) => x.release()),
  };
}

/** {@linkcode multiply} by a given tile. */
export function multiplyBy(product: Product, y: Tensor, tile: Tile): void {
  const { device } = y;
  const { size, bias, act = 0, add = false, plane } = product;
  const { kernel, resources, params, overrides, scratch } = product.run(tile);
  const { rows, cols, depth, high, wide, ahead, slices } = tile;
  const WG = threadsOf(tile);
  const tilesM = Math.ceil(size.m / rows);
  const tilesN = product.tilesN?.(cols) ?? Math.ceil(size.n / cols);
  const last = slices === 1;
  const plain = bias === undefined && act === 0 && !add;
  const parts = last ? y : plain ? slicesOf(y, slices) : empty(device, [slices, ...y.shape]);
  const sums = product.sums && !last ? slicesOf(product.sums, slices) : product.sums;
  const finish = (when: boolean) => ({
    BIAS: Number(when && bias !== undefined),
    ACT: when ? act : 0,
    ADD: Number(when && add),
  });
  const others = { bias: bias ?? resources.a ?? resources.x, y: parts, ...(sums && { sums }) };
  device.run(kernel, { ...resources, ...others }, {
    params: {
      ...params,
      m: size.m,
      tiles_m: tilesM,
      tiles_n: tilesN,
      slices,
      products: size.products,
      y_size: y.size,
    },
    overrides: {
      ...overrides,
      ...finish(last),
      WG,
      ACROSS: cols / wide,
      TM: high,
      TN: wide,
      BK: depth,
      AHEAD: Number(ahead),
    },
    threads: WG * tilesM * tilesN * slices * size.products,
  });
  scratch?.release();
  if (last) return;
  if (sums) sumSlices(sums, product.sums!);
  if (parts.storage.whole) sumSlices(parts, y); // later
  else addSlices(device, parts, y, { slices, plane, channels: size.m, bias, ...finish(true) });
}

function addSlices(
  device: Device,
  x: Tensor,
  y: Tensor,
  { slices, plane, channels, bias, ...finish }: {
    slices: number;
    plane: number;
    channels: number;
    bias?: Tensor;
    BIAS: number;
    ACT: number;
    ADD: number;
  },
): void {
  device.run(sum, { x, y, bias: bias ?? x }, {
    params: { size: y.size, slices, plane, channels },
    overrides: finish,
    threads: y.size,
  });
  x.release();
}
