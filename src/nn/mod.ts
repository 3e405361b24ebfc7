/**
 * What networks are made of and how they are trained: `backward`, layers, initial values, optimisers,
 * schedules, checkpoints. A network is any object whose fields hold layers or tensors.
 *
 * @example Fit a line
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { Random } from "@henka/henka/data";
 * import { Device } from "@henka/henka/gpu";
 * import { Adam, backward, Conv, parameters, releaseState } from "@henka/henka/nn";
 * import { mean, mul, sub } from "@henka/henka/ops";
 * import { read, tensor } from "@henka/henka/tensor";
 *
 * using device = await Device.open();
 * const line = new Conv(device, { inputs: 1, outputs: 1, size: 1 }, new Random(1));
 * const optimizer = new Adam([{ parameters: parameters(line) }]);
 * let loss = NaN;
 * for (let step = 0; step < 200; step++) {
 *   using _step = device.scope();
 *   const x = tensor(device, Float32Array.of(-1, 0, 1, 2), [1, 1, 1, 4]);
 *   const y = tensor(device, Float32Array.of(-1, 1, 3, 5), [1, 1, 1, 4]); // 2 x + 1
 *   const error = sub(line.forward(x), y);
 *   const total = mean(mul(error, error));
 *   if (step === 199) loss = (await read(total))[0];
 *   optimizer.step(backward(total), 0.1);
 * }
 * assertAlmostEquals(loss, 0, 1e-2);
 * for (const [, moment] of optimizer.state()) moment.release();
 * releaseState(line);
 * ```
 *
 * @module
 */
export { addGradients } from "./add_gradients.ts";
export { backward } from "./backward.ts";
export { BatchNorm, type BatchNormOptions } from "./batch_norm.ts";
export { encodeState, loadState, type NamedTensors, overwrite } from "./checkpoint.ts";
export { Conv, type ConvOptions } from "./conv.ts";
export { Dropout2d, setStep } from "./dropout.ts";
export { constant, kaiming, xavier } from "./init.ts";
export { Meter } from "./meter.ts";
export { freeze, type Mode, type Module, parameters, releaseState, state } from "./module.ts";
export { Adam, type Group, type Optimizer, Sgd } from "./optimizer.ts";
export { cosine, flat, poly, type Schedule, scheduleOf } from "./schedule.ts";
