import { keep, type Tensor, tensor } from "../tensor/mod.ts";
import { adamUpdate, sgdUpdate } from "../wgsl/mod.ts";

/** Parameters that share a learning rate. */
export interface Group {
  /** The tensors, with the paths under which their state is saved. */
  readonly parameters: Iterable<readonly [path: string, parameter: Tensor]>;
  /** Factor on the learning rate; 1 by default. */
  readonly rate?: number;
  /** Weight decay added to the gradient (the L2 form); 0 by default. */
  readonly decay?: number;
}

/** Changes parameters so that a loss falls. */
export interface Optimizer {
  /** Updates every parameter that has a gradient, at the given learning rate; frees the gradients. */
  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void;
  /** What must be saved to continue as if never interrupted: tensors by path. */
  state(): Map<string, Tensor>;
  /** Steps taken so far. */
  steps: number;
}

interface Slot {
  readonly path: string;
  readonly parameter: Tensor;
  readonly rate: number;
  readonly decay: number;
}

function slots(groups: readonly Group[]): Slot[] {
  const list: Slot[] = [];
  for (const { parameters, rate = 1, decay = 0 } of groups) {
    for (const [path, parameter] of parameters) list.push({ path, parameter, rate, decay });
  }
  return list;
}

function zerosLike(x: Tensor): Tensor {
  return keep(tensor(x.device, new Float32Array(x.size), x.shape));
}

/** Stochastic gradient descent: m = momentum m + g + decay w; w = w - rate m. */
export class Sgd implements Optimizer {
  steps = 0;
  readonly #slots: readonly Slot[];
  readonly #momenta = new Map<string, Tensor>();

  /** Parameter groups and the momentum they share (0 keeps no state). */
  constructor(groups: readonly Group[], readonly momentum: number = 0) {
    this.#slots = slots(groups);
    if (momentum > 0) {
      for (const { path, parameter } of this.#slots) {
        this.#momenta.set(`${path}.momentum`, zerosLike(parameter));
      }
    }
  }

  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void {
    this.steps++;
    for (const { path, parameter, rate, decay: weightDecay } of this.#slots) {
      const gradient = gradients.get(parameter);
      if (!gradient) continue;
      const { momentum } = this;
      const lr = learningRate * rate;
      sgdUpdate(parameter, gradient, this.#momenta.get(`${path}.momentum`), {
        lr,
        momentum,
        weightDecay,
      });
      gradient.release();
    }
  }

  state(): Map<string, Tensor> {
    return this.#momenta;
  }
}

/** Adam (Kingma & Ba 2015, algorithm 1). */
export class Adam implements Optimizer {
  steps = 0;
  readonly #slots: readonly Slot[];
  readonly #moments = new Map<string, Tensor>();

  /** Parameter groups and the decay rates of the moments. */
  constructor(
    groups: readonly Group[],
    readonly beta1: number = 0.9,
    readonly beta2: number = 0.999,
    readonly epsilon: number = 1e-8,
  ) {
    this.#slots = slots(groups);
    for (const { path, parameter } of this.#slots) {
      this.#moments.set(`${path}.mean`, zerosLike(parameter));
      this.#moments.set(`${path}.square`, zerosLike(parameter));
    }
  }

  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void {
    const step = ++this.steps;
    const { beta1, beta2, epsilon } = this;
    for (const { path, parameter, rate, decay: weightDecay } of this.#slots) {
      const gradient = gradients.get(parameter);
      if (!gradient) continue;
      const mean = this.#moments.get(`${path}.mean`)!;
      const square = this.#moments.get(`${path}.square`)!;
      const lr = learningRate * rate;
      adamUpdate(parameter, gradient, mean, square, {
        lr,
        beta1,
        beta2,
        eps: epsilon,
        weightDecay,
        step,
      });
      gradient.release();
    }
  }

  state(): Map<string, Tensor> {
    return this.#moments;
  }
}
