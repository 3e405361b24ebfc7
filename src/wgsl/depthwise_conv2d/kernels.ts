import { kernel } from "../../gpu/mod.ts";
import parts from "../conv2d/correlate_parts.wgsl" with { type: "text" };
import store from "../conv2d/correlate_store.wgsl" with { type: "text" };
import storeFour from "../conv2d/correlate_store_four.wgsl" with { type: "text" };
import { divide } from "../conv2d/divide.ts";
import type { Depthwise } from "../conv2d/geometry.ts";
import code from "./depthwise_conv2d.wgsl" with { type: "text" };
import code3x3 from "./depthwise_conv2d_3x3.wgsl" with { type: "text" };
import gradCode from "./depthwise_weight_gradient.wgsl" with { type: "text" };

/** The kernels that convolve each channel by itself. */
export const kernels: Depthwise = {
  any: kernel("depthwise_conv2d", parts, store, code),
  nine: kernel("depthwise_conv2d_3x3", parts, store, code3x3),
  nineFour: kernel("depthwise_conv2d_3x3", parts, storeFour, code3x3),
  weights: kernel("depthwise_weight_gradient", divide, gradCode),
};
