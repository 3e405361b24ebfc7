import type { Part } from "../../gpu/mod.ts";
import texels from "./divide.wgsl" with { type: "text" };
import buffers from "./divide_exact.wgsl" with { type: "text" };

/**
 * `divide(a, b)`: quotient and remainder of u32.
 *
 * The one part of a kernel that is written for each family: GPUs divide integers well, of any size;
 * software drivers divide them lane by lane, so that a product in f32, exact below 2^24, is faster.
 */
export const divide: Part = { texels, buffers };
