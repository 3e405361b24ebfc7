import type { ListedName, RefuseName } from "./classes.ts";

/** A name without the number that stood before or behind it. */
interface Numbered extends ListedName {
  readonly index: number;
  /** The whole line. */
  readonly listed: ListedName;
}

const before = /^\(?(?<index>-?\d+)(?:\s*[:,;|=).\]-]\s*|\s+)(?<name>\S.*)$/;
const behind = /^(?<name>\S.*?)\s*[:,;|=]\s*(?<index>-?\d+)$/;
const loose = /^(?<name>\S.*?)\s+(?<index>\d+)$/;

/**
 * The names of a list without their indices, in the order of these: `0 background`, `1: cat`,
 * `cat, 1`. A list of names alone stays as it is, and so do names that have a number in them.
 * Throws what `refuse` makes when only some have one, or the indices are not all from 0 or 1.
 */
export function unnumbered(
  names: readonly ListedName[],
  refuse: RefuseName,
): readonly ListedName[] {
  for (const form of [before, behind]) {
    const found = names.map((listed) => split(listed, form));
    const none = found.indexOf(undefined);
    if (none < 0 && found.some((name) => name!.index === 0 || name!.index === 1)) {
      return inOrder(found as Numbered[], refuse);
    }
    // Of a table with a heading the lines count from 1 behind it.
    const placed = found.filter((name, i) => name && Math.abs(name.index - i) <= 1);
    if (none >= 0 && (placed.length > 1 || placed.includes(found[0]) && found[0])) {
      throw refuse(names[none], "has no index, but others have one");
    }
  }
  // "cat 1", "dog 2" are indices; "track 1", "track 2" are names, and nobody can tell "level 1".
  const ends = names.map((listed) => split(listed, loose));
  const counted = ends.every((name, i) => name && name.index - ends[0]!.index === i);
  if (counted && new Set(ends.map((name) => name!.name)).size > 1) {
    throw refuse(names[0], "ends in a number, as if it were the index");
  }
  return names;
}

function split(listed: ListedName, form: RegExp): Numbered | undefined {
  const groups = form.exec(listed.name)?.groups;
  return groups && { name: groups.name, line: listed.line, index: Number(groups.index), listed };
}

/** By index; those of classes follow each other from 0, the background's, or from 1. */
function inOrder(names: readonly Numbered[], refuse: RefuseName): readonly ListedName[] {
  const sorted = names.toSorted((a, b) => a.index - b.index);
  const classes = sorted.filter(({ index, name }) => !(isVoid(index) && /ignore|void/i.test(name)));
  const [first] = classes;
  classes.forEach(({ index, listed }, i) => {
    if (index === first.index + i && first.index >= 0 && first.index <= 1) return;
    throw refuse(listed, "does not follow the indices of the others");
  });
  if (first?.index === 0 && !/background|bg|ignore|void|unlabel/i.test(first.name)) {
    throw refuse(first.listed, "has the index 0, which is the background's");
  }
  return sorted;
}

/** Whether an index is one that masks, or labelme, have for what is of no class. */
function isVoid(index: number): boolean {
  return index === -1 || index === 255;
}
