import { basename, dirname } from "@std/path";
import { type Mask, readMask } from "../../data/masks/mask.ts";
import type { Voc } from "../../data/sets/voc.ts";
import { fileUnder } from "../server/file_under.ts";
import { findUnder } from "./find_runs.ts";
import { type Figures, figuresOf } from "./figures.ts";

/** A folder of masks that a gallery shows. */
interface MaskFolder {
  /** What it is called: its path under the folder that is viewed, or as it was given. */
  readonly name: string;
  /** The folder that it may not lead out of. */
  readonly root: string;
  /** The way from there. */
  readonly parts: readonly string[];
}

/** The set of a gallery: what is needed of it. */
export type GallerySet = Pick<Voc, "items" | "classes">;

/** The masks of the photographs of a set: folders under one that is viewed, and others by name. */
export class Gallery {
  readonly #set: GallerySet;
  readonly #folder: string;
  readonly #folders: MaskFolder[];
  readonly #given: number;

  /**
   * @param given folders of masks that come first, wherever they are
   * @param known the paths under the folder of those that are given: they are shown once
   */
  constructor(
    set: GallerySet,
    folder: string,
    given: readonly string[],
    readonly known: ReadonlySet<string> = new Set(),
  ) {
    this.#set = set;
    this.#folder = folder;
    this.#folders = given.map((path) => ({ name: path, root: path, parts: [] }));
    this.#given = given.length;
  }

  /** What a page has to know; folders that appeared since are found. */
  async summary(): Promise<object> {
    const { items, classes } = this.#set;
    const first = items[0]?.mask;
    const truth = first && await fileUnder(dirname(first), [basename(first)]);
    for (const name of (await findUnder(this.#folder)).masks) {
      if (this.known.has(name) || this.#folders.some((folder) => folder.name === name)) continue;
      const folder = { name, root: this.#folder, parts: name === "" ? [] : name.split("/") };
      const some = items.filter((_, i) => i % Math.ceil(items.length / 20) === 0);
      const there = await Promise.all(some.map(({ id }) => this.#pathOf(folder, id)));
      if (truth && there[0] === truth) continue; // shown as the truth
      if (there.some((path) => path !== undefined)) this.#folders.push(folder);
    }
    const folders = this.#folders.map(({ name }) => name === "" ? "." : name);
    const photographs = items.map(({ id }) => id);
    return { photographs, folders, given: this.#given, classes, truth: truth !== undefined };
  }

  /** The path of a photograph by its number. */
  photograph(index: string): string | undefined {
    return this.#set.items[Number(index)]?.image;
  }

  /** The mask of a photograph in a folder by its number, or its true mask; nothing where there is none. */
  async mask(folder: string, index: string): Promise<Mask | undefined> {
    const item = this.#set.items[Number(index)];
    if (item === undefined) return undefined;
    const own = this.#folders[Number(folder)];
    const path = folder === "truth" ? item.mask : own && await this.#pathOf(own, item.id);
    if (path === undefined) return undefined;
    return await readMask(path).catch(() => undefined);
  }

  /** Measures the masks of two folders, photograph by photograph. */
  async *figures(a: string, b: string): AsyncGenerator<Figures> {
    const { items, classes } = this.#set;
    for (const index of items.keys()) {
      const folders = [a, b, "truth"];
      const masks = await Promise.all(folders.map((folder) => this.mask(folder, String(index))));
      yield figuresOf(index, masks, classes.length);
    }
  }

  #pathOf({ root, parts }: MaskFolder, id: string): Promise<string | undefined> {
    return fileUnder(root, [...parts, ...`${id}.png`.split("/")]);
  }
}
