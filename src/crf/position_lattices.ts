import type { Device } from "../gpu/mod.ts";
import { empty } from "../tensor/mod.ts";
import { corners, keepLattice, type Lattice, lattice, releaseLattice } from "../wgsl/crf.ts";
import { type Layout, positionVertices } from "./layout.ts";
import type { ResolvedCrfOptions, Term } from "./options.ts";

interface Entry {
  readonly lattice: Lattice;
  users: number;
}

/** Lattices of positions alone, which depend on the size of the images and nothing else. */
export class PositionLattices implements Disposable {
  #limit: number;
  readonly #entries = new Map<string, Entry>();

  /** Keeps the lattices of the `limit` latest sizes and terms, and those in use. */
  constructor(readonly device: Device, limit: number = 8) {
    this.#limit = limit;
  }

  /** The lattice of one term for images of one size, until {@linkcode give} returns it. */
  take(layout: Layout, term: Term, { normalisation }: ResolvedCrfOptions): Lattice {
    const { width, height, images } = layout;
    const key = [width, height, images, ...term.sxy, term.compat, normalisation].join();
    let found = this.#entries.get(key);
    if (found) this.#entries.delete(key);
    else {
      const none = empty(this.device, [4]);
      const placed = corners(this.device, none, 0, { width, height, images, ...term });
      const most = images * (positionVertices(width, height, term) - 1) + 1;
      found = {
        lattice: keepLattice(lattice(placed, normalisation, term.compat, most)),
        users: 0,
      };
      none.release();
    }
    this.#entries.set(key, found);
    found.users++;
    return found.lattice;
  }

  /** Takes back a lattice that was taken. */
  give(lattice: Lattice): void {
    for (const entry of this.#entries.values()) if (entry.lattice === lattice) entry.users--;
    this.#trim();
  }

  /** Gives all lattices back: those in use once they are given. */
  [Symbol.dispose](): void {
    this.#limit = 0;
    this.#trim();
  }

  #trim(): void {
    for (const [key, { lattice, users }] of this.#entries) {
      if (this.#entries.size <= this.#limit) break;
      if (users > 0) continue;
      this.#entries.delete(key);
      releaseLattice(lattice);
    }
  }
}
