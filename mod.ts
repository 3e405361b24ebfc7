/**
 * Class-agnostic refinement of pixel masks learnt from image labels, on WebGPU.
 *
 * @module
 */
export { InputError } from "./src/data/error.ts";
