/** What networks are made of and how they are trained. @module */
export { addGradients } from "./add_gradients.ts";
export { backward } from "./backward.ts";
export { BatchNorm, type BatchNormOptions } from "./batch_norm.ts";
export { encodeState, loadState, type NamedTensors } from "./checkpoint.ts";
export { Conv, type ConvOptions } from "./conv.ts";
export { Dropout2d, setStep } from "./dropout.ts";
export { constant, kaiming, xavier } from "./init.ts";
export { Meter } from "./meter.ts";
export { freeze, type Mode, type Module, parameters, releaseState, state } from "./module.ts";
export { Adam, type Group, type Optimizer, Sgd } from "./optimizer.ts";
export { cosine, flat, poly, type Schedule } from "./schedule.ts";
