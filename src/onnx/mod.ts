/**
 * Networks as ONNX files, for other runtimes: the ops of a forward pass are recorded and written.
 *
 * @module
 */
export { encodeOnnx, type OnnxNetwork, type Port } from "./model.ts";
