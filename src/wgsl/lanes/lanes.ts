// Tested in src/wgsl/map/map_test.ts.
import { type Device, type Kernel, kernel } from "../../gpu/mod.ts";
import four from "./four.wgsl" with { type: "text" };
import one from "./one.wgsl" with { type: "text" };

/** A kernel written once and compiled for the elements of a thread: four, or one at awkward sizes. */
export interface Lanes {
  /** The kernel of the given size, and into how many units a row of `length` elements falls. */
  (length: number): { readonly kernel: Kernel; readonly units: number; readonly width: number };
}

/** A kernel over `V` (floats) and `U` (integers), four at a time where a row's length allows it. */
export function lanes(name: string, ...parts: readonly string[]): Lanes {
  const wide = kernel(name, four, ...parts);
  const narrow = kernel(`${name}_1`, one, ...parts);
  return (length) =>
    length % 4 === 0
      ? { kernel: wide, units: length / 4, width: 4 }
      : { kernel: narrow, units: length, width: 1 };
}

/** How a kernel runs each of whose sums T threads of a workgroup of WG add up; on software drivers one does. */
export function threadsAlone({ texels }: Device, sums: number): {
  readonly overrides: Readonly<Record<"WG" | "T", number>>;
  readonly threads: number;
} {
  return texels
    ? { overrides: { WG: 8, T: 1 }, threads: sums }
    : { overrides: { WG: 256, T: 256 }, threads: 256 * sums };
}
