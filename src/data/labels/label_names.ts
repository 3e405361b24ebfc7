import type { InputError } from "../../files/error.ts";
import { isBackground, vocClasses } from "./classes.ts";
import { classFinder, plainWords } from "./find_class.ts";

/** What a cell says of an image: the name of a class, or several. */
export interface Cell {
  /** The image. */
  readonly id: string;
  /** Where it stands, for messages: "line 3". */
  readonly place: string;
  /** The text. */
  readonly text: string | number;
}

/** What is known of the names. */
export interface NameOptions {
  /** The names of the set's classes, the background first, where there is a list of them. */
  readonly classes?: readonly string[];
  /** Whether a heading says that cells hold several names. */
  readonly isList?: boolean;
  /** Whether each cell is one name whatever is in it, as in a list of JSON. */
  readonly single?: boolean;
  /** Makes the error of a cell that nobody can understand. */
  readonly refuse: (reason: string, remedy: string) => InputError;
}

/** The names in cells. */
export interface Names {
  /** A name or an index, and the image it is of. */
  readonly names: readonly { readonly id: string; readonly name: string | number }[];
  /** Words that stand for no class, and how often: `none (3)`. */
  readonly none: readonly string[];
}

/**
 * The names in cells, of which one may hold several: with `|`, `;` or a line's end between them, or,
 * where all are known classes, commas or blanks.
 *
 * @throws what `refuse` makes, naming the place, when a cell may be one name or several, or none.
 */
export function namesOf(cells: readonly Cell[], options: NameOptions): Names {
  const pieces = cells.flatMap((cell) => apart(cell.text).map((text) => ({ ...cell, text })));
  const first = new Map<string | number, Cell>();
  for (const piece of pieces) {
    const isNew = !first.has(piece.text) && !isNothing(piece.text, options.classes);
    if (isNew) first.set(piece.text, piece);
  }
  // Where marks divide names, blanks do not.
  const isList = options.isList && pieces.length === cells.filter(({ text }) => text !== "").length;
  const divided = options.single
    ? (text: string | number) => [text]
    : division([...first.values()], { ...options, isList });
  const none = new Map<string, number>();
  const seen = new Map<string, Set<string>>();
  const names = pieces.flatMap(({ id, place, text }) =>
    divided(text).flatMap((name) => {
      if (isNothing(name, options.classes)) {
        if (!isBackground(name)) none.set(`${name}`, (none.get(`${name}`) ?? 0) + 1);
        return [];
      }
      checkName(name, place, seen, options);
      return [{ id, name }];
    })
  );
  return { names, none: Array.from(none, ([word, count]) => `${word} (${count})`) };
}

/** The texts of a cell between marks that no name has. */
function apart(text: string | number): (string | number)[] {
  if (typeof text === "number") return [text];
  const list = /^[[({](.*)[\])}]$/s.exec(text)?.[1].split(",")
    .map((name) => name.trim().replace(/^(["'])(.*)\1$/s, "$2"));
  const pieces = list ?? text.split(/[|;\n\r\u2028\u2029]/);
  return pieces.map((piece) => piece.trim().normalize("NFC")).filter((piece) => piece !== "");
}

/** Words that are written where there is no class, as camera traps' tables have them too. */
export function isNothing(name: string | number, classes?: readonly string[]): boolean {
  if (typeof name === "number") return false;
  const none = /^(none|no[ _]finding|nan|null|empty|blank|nothing)$/i;
  return (isBackground(name) || none.test(name)) && !isListed(name, classes);
}

/** Words and marks that may say that there is none, or that nobody knows which. */
const unsure = /^(#?n[./]?a\.?|#nv|unknown|unidentified|[\p{P}+]+)$/iu;

/** What a program writes for 1 and 0 in some languages, and what stands between two names. */
const isAnswer =
  /^(true|false|yes|no|wahr|falsch|ja|nein|vrai|faux|oui|non|verdadero|falso|vero|s[i\u00ed]|and)$/i;

function isListed(name: string, classes: readonly string[] = []): boolean {
  return classes.some((own) => plainWords(own) === plainWords(name));
}

/** Refuses what is no name: flags, parts of numbers, signs of other formats, and rows of indices. */
function checkName(
  name: string | number,
  place: string,
  seen: Map<string, Set<string>>,
  { classes, refuse }: NameOptions,
): void {
  const text = `${name}`;
  if (classes?.includes(text)) return;
  if (unsure.test(text) && !isListed(text, classes)) {
    throw refuse(
      `${place} has "${
        text.slice(0, 50)
      }", which may mean that there is no class or that nobody knows it`,
      "Leave the cell empty where the photograph shows no class; where nobody knows, take its line " +
        "out and give a --list without it; if it is a class, write all of them to classes.txt",
    );
  }
  const index = /^\d+$/.test(text);
  const odd = !index && Number.isFinite(Number(text)) || isAnswer.test(text) ||
    /^[[\]{}"']|[[\]{}"]$|[\p{Cc}]/u.test(text) || text.length > 200;
  if (odd) {
    throw refuse(
      `${place} has "${text.slice(0, 50)}", which is no name of a class`,
      "Write names; for flags of 1 and 0 begin with a line that names the class of each column",
    );
  }
  if (!index) return;
  const others = seen.get(place) ?? new Set();
  if (others.has(text)) {
    throw refuse(`${place} has the class ${text} twice`, "Write the index of each class once");
  }
  seen.set(place, others.add(text));
}

/** How texts are divided into names, by the known classes or by what stands alone in other cells. */
function division(
  pieces: readonly Cell[],
  { classes, isList = false, refuse }: NameOptions,
): (text: string | number) => readonly (string | number)[] {
  const isOne = ({ text }: Cell) => typeof text === "number" || !/[\s,+&]/.test(text);
  const several = pieces.filter((piece) => !isOne(piece));
  if (several.length === 0) return (text) => [text];
  const found = new Map<string | number, readonly string[]>();
  const known = classes ?? (areVoc(pieces) ? vocClasses : undefined);
  if (known) {
    for (const { text } of several) found.set(text, knownNames(`${text}`, known) ?? [`${text}`]);
    return (text) => found.get(text) ?? [text];
  }
  const alone = new Set(pieces.map(({ text }) => text));
  const areAlone = several.every(({ text }) => parts(text).every((part) => alone.has(part)));
  for (const { text, place } of several) {
    const all = parts(text);
    const separated = between.test(`${text}`);
    if (all.every((part) => /^\d+$/.test(part)) || isList && !separated && areAlone) {
      found.set(text, all);
      continue;
    }
    // "sea lion" is a name of two words; "horse person" under labels, or beside "person", may be two.
    const unclear = all.length > 1 &&
      (separated || isList || all.every((part) => alone.has(part)));
    if (!unclear) continue;
    throw refuse(
      `"${text}" on ${place} may be one class or several`,
      `Write ${
        all.slice(0, 3).join("|")
      } for several; for one, write the names of all classes, one a ` +
        "line, to classes.txt",
    );
  }
  return (text) => found.get(text) ?? [text];
}

/** What people write between two names, and some in one: "salt and pepper". */
const between = /[,+&]|(?<=\s)(?:and|\/)(?=\s)/i;

/** Whether a name has in it what people write between two. */
export function looksLikeSeveral(name: string): boolean {
  return between.test(name);
}

function parts(text: string | number): string[] {
  const all = between.test(`${text}`) ? `${text}`.split(between) : `${text}`.split(/\s+/);
  return all.map((part) => part.trim()).filter((part) => part !== "");
}

/** Whether all texts are names of VOC, or several of them. */
function areVoc(pieces: readonly Cell[]): boolean {
  return pieces.every(({ text }) => knownNames(`${text}`, vocClasses) !== undefined);
}

/**
 * A text divided into names of classes: the whole, or words that are put together in the one way in
 * which there are fewest; undefined where that cannot be.
 */
function knownNames(text: string, classes: readonly string[]): readonly string[] | undefined {
  const find = classFinder(classes);
  const isName = (name: string) => find(name) !== undefined;
  if (isName(text)) return [text];
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length < 2 || words.length > 100) return undefined;
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= words.length; end++) {
    for (let start = 0; start < end; start++) {
      const name = words.slice(start, end).join(" ");
      const before = best[start];
      if (!before || !isName(name) || best[end] && best[end]!.length <= before.length + 1) continue;
      best[end] = [...before, name];
    }
  }
  return best[words.length];
}
