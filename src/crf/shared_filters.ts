import type { Filters } from "./filters.ts";
import type { CrfImage } from "./input.ts";

interface Entry {
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
  readonly #entries = new Set<Entry>();

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
