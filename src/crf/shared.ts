import type { Device } from "../gpu/mod.ts";
import { empty } from "../tensor/mod.ts";
import {
  corners,
  type Features,
  keepLattice,
  type Lattice,
  lattice,
  type Normalisation,
  releaseLattice,
  serialCorners,
  serialLattice,
} from "../wgsl/crf.ts";
import type { Filters } from "./filters.ts";
import type { CrfImage } from "./input.ts";
import { type Layout, positionVertices } from "./layout.ts";
import type { ResolvedCrfOptions, Term } from "./options.ts";

interface Kept {
  readonly lattice: Lattice;
  users: number;
}

/** Lattices of positions alone, which depend on the size of the images and nothing else. */
export class PositionLattices implements Disposable {
  #limit: number;
  readonly #entries = new Map<string, Kept>();

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
      const features = { width, height, images, ...term };
      found = { lattice: keepLattice(this.#build(features, normalisation, term.compat)), users: 0 };
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

  #build(of: Features, normalisation: Normalisation, compat: number): Lattice {
    const { device } = this;
    if (device.texels) {
      return serialLattice(device, serialCorners(device, of, []), normalisation, compat);
    }
    const none = empty(device, [4]);
    const from = corners(device, none, 0, of);
    none.release();
    const most = (of.images ?? 1) * (positionVertices(of.width, of.height, of.sxy) - 1) + 1;
    return lattice(from, normalisation, compat, most);
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

interface Building {
  readonly image: CrfImage;
  readonly labels: number;
  readonly building: Promise<Filters>;
  users: number;
}

/**
 * The filters of the pictures of a batch that are under way: other energies of the same picture, such as
 * those with the two backgrounds of affinity labels, are inferred with the same lattices.
 */
export class SharedFilters {
  readonly #entries = new Set<Building>();

  /** What `build` builds for a picture and a number of labels, unless that is there already. */
  async take(image: CrfImage, labels: number, build: () => Promise<Filters>): Promise<Filters> {
    const known = [...this.#entries].find((own) => own.image === image && own.labels === labels);
    const entry = known ?? { image, labels, building: build(), users: 0 };
    this.#entries.add(entry);
    entry.users++;
    try {
      const filters = await entry.building;
      const release = () => {
        if (--entry.users > 0) return;
        this.#entries.delete(entry);
        filters.release();
      };
      return { ...filters, release };
    } catch (error) {
      this.#entries.delete(entry);
      throw error;
    }
  }
}
