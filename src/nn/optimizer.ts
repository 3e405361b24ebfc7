import type { Tensor } from "../tensor/mod.ts";
import { adamUpdate, sgdUpdate } from "../wgsl/mod.ts";
import { type Block, blocksOf, type Stretch, stretches, zerosLike } from "./block.ts";

type Moments = ReturnType<typeof zerosLike>;

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

/** Stochastic gradient descent: m = momentum m + g + decay w; w = w - rate m. */
export class Sgd implements Optimizer {
  steps = 0;
  readonly #blocks: readonly Block[];
  readonly #momenta = new Map<Block, Moments>();

  /** Parameter groups and the momentum they share (0 keeps no state); they are moved side by side. */
  constructor(groups: readonly Group[], readonly momentum: number = 0) {
    this.#blocks = blocksOf(groups);
    if (momentum > 0) {
      for (const block of this.#blocks) {
        this.#momenta.set(block, zerosLike(block));
      }
    }
  }

  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void {
    this.steps++;
    update(this.#blocks, gradients, (block, gradient, range) => {
      const { all, rate, decay: weightDecay } = block;
      const velocity = this.#momenta.get(block)?.all;
      const options = { lr: learningRate * rate, weightDecay, momentum: this.momentum, range };
      sgdUpdate(all, gradient, velocity, options);
    });
  }

  *state(): Generator<[path: string, tensor: Tensor]> {
    for (const [{ slots }, { each }] of this.#momenta) {
      for (const [i, { path }] of slots.entries()) yield [`${path}.momentum`, each[i]];
    }
  }
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1) with its usual constants, or where the decay is `decoupled`
 * AdamW (Loshchilov & Hutter 2019): parameters shrink by rate times decay.
 */
export class Adam implements Optimizer {
  steps = 0;
  readonly #blocks: readonly Block[];
  readonly #moments = new Map<Block, { readonly first: Moments; readonly second: Moments }>();

  /** Parameter groups; every parameter keeps two moments. They are moved side by side. */
  constructor(groups: readonly Group[], readonly decoupled: boolean = false) {
    this.#blocks = blocksOf(groups);
    for (const block of this.#blocks) {
      this.#moments.set(block, { first: zerosLike(block), second: zerosLike(block) });
    }
  }

  step(gradients: ReadonlyMap<Tensor, Tensor>, learningRate: number): void {
    const [step, { decoupled }] = [++this.steps, this];
    update(this.#blocks, gradients, (block, gradient, range) => {
      const { all, rate, decay: weightDecay } = block;
      const { first, second } = this.#moments.get(block)!;
      const options = { lr: learningRate * rate, step, weightDecay, decoupled, range };
      adamUpdate(all, gradient, { first: first.all, second: second.all }, options);
    });
  }

  *state(): Generator<[path: string, tensor: Tensor]> {
    for (const [{ slots }, { first, second }] of this.#moments) {
      for (const [i, { path }] of slots.entries()) {
        yield [`${path}.first`, first.each[i]];
        yield [`${path}.second`, second.each[i]];
      }
    }
  }
}

/** Updates what has a gradient, as much at once as lies side by side, and frees the gradients. */
function update(
  blocks: readonly Block[],
  gradients: ReadonlyMap<Tensor, Tensor>,
  by: (block: Block, gradient: Tensor, range: Stretch["range"]) => void,
): void {
  for (const block of blocks) {
    const { all: { storage }, slots } = block;
    const gone = slots.find(({ parameter }) => parameter.storage.whole !== storage);
    if (gone) throw new ReferenceError(`Cannot update ${gone.path}: another optimiser moved it`);
    for (const { gradient, range } of stretches(block, gradients)) by(block, gradient, range);
    for (const { parameter } of block.slots) gradients.get(parameter)?.release();
  }
}
