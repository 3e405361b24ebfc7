import { InputError } from "../../files/error.ts";
import { linesOf, readText } from "../../files/read_bytes.ts";
import { unnumbered } from "./numbered_names.ts";

/** The 21 class names of PASCAL VOC, the background first. */
export const vocClasses: readonly string[] = [
  ...["background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat"],
  ...["chair", "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant"],
  ...["sheep", "sofa", "train", "tvmonitor"],
];

/** A name in a list of classes. */
export interface ListedName {
  /** The name, without blanks around it. */
  readonly name: string;
  /** Its line in the file, from 1. */
  readonly line: number;
}

/** As many classes as a mask of bytes can tell apart, background included: 255 is void. */
export const MOST_CLASSES = 255;

/** Class names, and what a list has beside them. */
export interface ClassList {
  /** The names in the order of their indices, the background first. */
  readonly names: readonly string[];
  /** Which lines are no classes, a sentence each. */
  readonly leftOut: readonly string[];
}

/**
 * Reads class names, one a line in the order of their indices. A list that does not begin with
 * "background" gets it in front; each name may have its index in front.
 * Throws InputError naming the file when it is missing, names a class twice, has the background
 * elsewhere or has over 255.
 */
export async function readClasses(path: string): Promise<readonly string[]> {
  return (await readClassList(path)).names;
}

/** As {@linkcode readClasses}, with what it leaves out: labelme's `__ignore__`, or void at the end. */
export async function readClassList(path: string): Promise<ClassList> {
  return parseClassList(await readText(path), path);
}

/** As {@linkcode readClassList} reads the text of a file, which errors call `path`. */
export function parseClassList(content: string, path: string): ClassList {
  const all = linesOf(content.normalize("NFC")).flatMap((text, i) => {
    const name = text.trim();
    return name === "" ? [] : [{ name, line: i + 1 }];
  });
  checkCount(all.length + 1, path);
  const refuse = refuserOf(path);
  const long = all.find(({ name }) => name.length > 200);
  if (long) {
    throw refuse({ ...long, name: `${long.name.slice(0, 20)}...` }, "is longer than 200 letters");
  }
  const names = unnumbered(all, refuse);
  checkForm(names, refuse);
  const ignored = names.filter(({ name }, i) => {
    if (!isVoid(name)) return false;
    if (i === names.length - 1 || i === 0 && name.startsWith("_")) return true;
    throw refuse(names[i], "is no class, and the indices of those after it depend on it");
  });
  const kept = names.filter((name) => !ignored.includes(name));
  const [first] = kept;
  if (first && /background/i.test(first.name) && !isBackground(first.name)) {
    throw refuse(first, "is not just background, and may stand for it");
  }
  const late = kept.find(({ name }, i) => i > 0 && isBackground(name));
  if (late) throw refuse(late, "is the background, whose index is 0: it belongs on the first line");
  return {
    names: classNames(kept.map(({ name }) => name), path),
    leftOut: ignored.map(({ name, line }) =>
      `${name} on line ${line} of ${path}, which is no class`
    ),
  };
}

/** Whether a name is one for pixels that are of no class. */
export function isVoid(name: string): boolean {
  return /^[\W_]*(ignored?|void|unlabell?ed|none|nothing|null|don'?t[ _-]?care)[\W_]*$/i.test(name);
}

/** Whether a name is one for what is of no class. */
export function isBackground(name: string | number): boolean {
  return /^[\W_]*(background|bg)[\W_]*$/i.test(`${name}`);
}

/** The names with the background in front. Throws InputError naming `source`; see `readClasses`. */
export function classNames(names: readonly string[], source: string): readonly string[] {
  const all = isBackground(names[0] ?? "") ? names : ["background", ...names];
  checkCount(all.length, source);
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice === undefined) return all;
  throw new InputError(`Cannot use the classes of ${source}: ${twice} is there twice. Remove one.`);
}

/** Says what is wrong with a name of a list. */
export type RefuseName = (name: ListedName, reason: string) => InputError;

function refuserOf(source: string): RefuseName {
  return ({ name, line }, reason) =>
    new InputError(
      `Cannot use the classes of ${source}: "${name}" on line ${line} ${reason}. Write the names ` +
        "alone, one a line, the background first.",
    );
}

function checkCount(count: number, source: string): void {
  if (count >= 2 && count <= MOST_CLASSES) return;
  throw new InputError(
    `Cannot use the classes of ${source}: there are ${count} with the background. ` +
      `Give 2 to ${MOST_CLASSES}, one a line.`,
  );
}

/** Refuses what is written in another form: JSON, YAML, a table, several names on the only line. */
function checkForm(names: readonly ListedName[], refuse: RefuseName): void {
  const marks = /^(#|- |<[?a-z!]|[{}]|\[(?!bg|background))|^["'].*["'],?$|\p{Cc}/iu;
  const colour = /^(\d+[ ,;]+){3}|([ ,;]\d+){3}$/;
  for (const listed of names) {
    if (marks.test(listed.name) || colour.test(listed.name)) {
      throw refuse(listed, "is no name of a class");
    }
  }
  if (names.length === 1 && /[,;|]/.test(names[0].name)) throw refuse(names[0], "is several names");
}
