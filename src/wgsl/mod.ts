/** Every op: forward, backward and its shaders. @module */
export { addInto } from "./add_into/add_into.ts";
export { fill } from "./fill/fill.ts";
export { packHalf, unpackHalf } from "./half/half.ts";
export { relu } from "./relu/relu.ts";
