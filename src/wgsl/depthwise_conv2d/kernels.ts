import { kernel } from "../../gpu/mod.ts";
import type { Depthwise } from "../conv2d/geometry.ts";
import buffers from "../conv2d/correlate_buffers.wgsl" with { type: "text" };
import parts from "../conv2d/correlate_parts.wgsl" with { type: "text" };
import store from "../conv2d/correlate_store.wgsl" with { type: "text" };
import storeFour from "../conv2d/correlate_store_four.wgsl" with { type: "text" };
import texels from "../conv2d/correlate_texels.wgsl" with { type: "text" };
import divide from "../conv2d/divide.wgsl" with { type: "text" };
import divideExact from "../conv2d/divide_exact.wgsl" with { type: "text" };
import gradBuffers from "../conv2d/weight_gradient_buffers.wgsl" with { type: "text" };
import gradTexels from "../conv2d/weight_gradient_texels.wgsl" with { type: "text" };
import code from "./depthwise_conv2d.wgsl" with { type: "text" };
import code3x3 from "./depthwise_conv2d_3x3.wgsl" with { type: "text" };
import gradCode from "./depthwise_weight_gradient.wgsl" with { type: "text" };

/** The kernels that convolve each channel by itself. */
export const kernels: Depthwise = {
  any: {
    texels: kernel("depthwise_conv2d", texels, parts, store, code),
    buffers: kernel("depthwise_conv2d", buffers, parts, store, code),
  },
  nine: {
    texels: kernel("depthwise_conv2d_3x3", texels, parts, store, code3x3),
    buffers: kernel("depthwise_conv2d_3x3", buffers, parts, store, code3x3),
  },
  nineFour: {
    texels: kernel("depthwise_conv2d_3x3", texels, parts, storeFour, code3x3),
    buffers: kernel("depthwise_conv2d_3x3", buffers, parts, storeFour, code3x3),
  },
  weights: {
    texels: kernel("depthwise_weight_gradient", gradTexels, divide, gradCode),
    buffers: kernel("depthwise_weight_gradient", gradBuffers, divideExact, gradCode),
  },
};
