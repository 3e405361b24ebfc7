import { join } from "@std/path";
import { isInside } from "../data/formats/file_tree.ts";
import type { ForeignSet } from "../data/formats/foreign_set.ts";
import { readImageSize } from "../data/images/image_size.ts";
import { type Mask, writeMask } from "../data/masks/mask.ts";
import { requireSize } from "../data/masks/require_size.ts";
import { findPhotographs, photographFinder } from "../data/sets/photographs.ts";
import { InputError } from "../files/error.ts";
import type { Context } from "../options/command.ts";

/** Refuses names that leave the folder, and two masks of one photograph. */
export function checkTargets(ids: ReadonlyMap<string, string>): void {
  const names = new Map<string, string>();
  for (const [name, id] of ids) {
    if (!isInside(id)) {
      throw new InputError(
        `Cannot use the mask of ${name}: its name leaves the folder. Rename it.`,
      );
    }
    const other = names.get(id);
    if (other !== undefined) {
      throw new InputError(
        `Cannot use the masks of ${other} and ${name}: both are of ${id}. Take one of them out.`,
      );
    }
    names.set(id, name);
  }
}

/** Where imported masks go. */
export interface Targets {
  /** Ids of photographs by the names of the masks. */
  readonly ids: ReadonlyMap<string, string>;
  /** The folder of the masks. */
  readonly out: string;
  /** The folder of the photographs. */
  readonly data: string;
  /** The index that each class has among those of the data folder. */
  readonly toKnown: Uint8Array;
}

/** Writes the masks; the classes that each photograph shows, those of objects with a box alone too. */
export async function writeImported(
  { masks, source }: ForeignSet,
  { ids, out, data, toKnown }: Targets,
  { progress, signal }: Context,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const labels = new Map<string, readonly number[]>();
  const some = masks.filter(({ name }) => ids.has(name));
  const folder = await findPhotographs(data).then(({ path }) => path, () => undefined);
  const find = folder === undefined ? undefined : photographFinder(data, folder);
  const display = progress("import", some.length);
  try {
    for (const { name, read, boxed = [] } of some) {
      signal.throwIfAborted();
      const id = ids.get(name)!;
      const photograph = await find?.({ id });
      const size = async () => {
        if (photograph !== undefined) return await readImageSize(photograph);
        throw new InputError(
          `Cannot use ${source}: it does not say the size of ${name}, and ${data} has no such ` +
            "photograph. Put the photographs there.",
        );
      };
      const mask = await read(size);
      if (photograph) requireSize(mask, `${name} of ${source}`, await size(), photograph);
      const own: Mask = { ...mask, data: mask.data.map((c) => toKnown[c]) };
      await writeMask(join(out, `${id}.png`), own);
      const shown = new Set([...own.data, ...boxed.map((c) => toKnown[c])]);
      const present = [...shown].filter((c) => c !== 0 && c !== 255);
      labels.set(id, present.sort((a, b) => a - b));
      display.update(labels.size, id);
    }
  } finally {
    display.done();
  }
  return labels;
}
