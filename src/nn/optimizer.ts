import { keep, type Tensor, tensor } from "../tensor/mod.ts";
import { type AdamState, adamUpdates, type SgdUpdate, sgdUpdate, sgdUpdates } from "../wgsl/mod.ts";

/** Parameters that share a learning rate. */
export interface Group {
  /** The tensors, with the paths under which their state is saved. */
  readonly parameters: Iterable<readonly [path: string, parameter: Tensor]>;
  /** Factor on the learning rate; 1 by default. */
  readonly rate?: number;
  /** Weight decay, added to the gradient (the L2 form) except by a decoupled optimiser; 0 by default. */
  readonly decay?: number;
}

/** Changes parameters so that a loss falls. */
export interface Optimizer {
  /** Updates every parameter that has a gradient, at the given learning rate; frees the gradients. */
  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void;
  /** What must be saved to continue as if never interrupted: tensors by path. */
  state(): Iterable<readonly [path: string, tensor: Tensor]>;
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
    const { momentum } = this;
    const heavy: SgdUpdate[] = [];
    for (const { path, parameter, rate, decay: weightDecay } of this.#slots) {
      const gradient = gradients.get(parameter);
      if (!gradient) continue;
      const velocity = this.#momenta.get(`${path}.momentum`);
      const lr = learningRate * rate;
      if (velocity) heavy.push({ parameter, gradient, velocity, lr, weightDecay });
      else {
        sgdUpdate(parameter, gradient, undefined, { lr, weightDecay });
        gradient.release();
      }
    }
    sgdUpdates(heavy, momentum);
    for (const { gradient } of heavy) gradient.release();
  }

  state(): Iterable<[path: string, tensor: Tensor]> {
    return this.#momenta;
  }
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1) with its usual constants, or where the decay is `decoupled`
 * AdamW (Loshchilov & Hutter 2019): parameters shrink by rate times decay.
 */
export class Adam implements Optimizer {
  steps = 0;
  readonly #slots: readonly Slot[];
  readonly #moments = new Map<Slot, AdamState>();

  /** Parameter groups; every parameter keeps two moments. */
  constructor(groups: readonly Group[], readonly decoupled: boolean = false) {
    this.#slots = slots(groups);
    for (const slot of this.#slots) {
      const { parameter } = slot;
      this.#moments.set(slot, { first: zerosLike(parameter), second: zerosLike(parameter) });
    }
  }

  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void {
    const step = ++this.steps;
    const updates = this.#slots.flatMap((slot) => {
      const { parameter, rate, decay: weightDecay } = slot;
      const gradient = gradients.get(parameter);
      if (!gradient) return [];
      const state = this.#moments.get(slot)!;
      return [{ parameter, gradient, state, lr: learningRate * rate, weightDecay }];
    });
    adamUpdates(updates, { step, decoupled: this.decoupled });
    for (const { gradient } of updates) gradient.release();
  }

  *state(): Generator<[path: string, tensor: Tensor]> {
    for (const [{ path }, { first, second }] of this.#moments) {
      yield [`${path}.first`, first];
      yield [`${path}.second`, second];
    }
  }
}
