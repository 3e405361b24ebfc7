import { photographEnd } from "../sets/photograph_name.ts";
import type { KnownOfSet } from "./label_table.ts";
import type { TableRow } from "./table_rows.ts";

/** A column of a table. */
export interface Column {
  /** Its name in the heading. */
  readonly name: string;
  /** Its place in a row, from 0. */
  readonly at: number;
}

/** What the column of the photographs is called. */
const photographs = new RegExp(
  "^(u?ids?|f(ile)?[ _-]?names?|files?|(file|image|img)?[ _-]?paths?|names?|" +
    "(image|img|photo(graph)?|picture|frame|sample)s?" +
    "([ _-]?(ids?|index|idx|names?|file(name)?s?|paths?|no|number))?)$",
  "i",
);

/** What columns are called that hold names of classes. */
const names = new RegExp(
  "^((image|img|finding|class|label|object|true|gt|ground[ _-]?truth|display)[ _-]?)?" +
    "(class(es)?|labels?|categor(y|ies)|tags?|objects?|annotations?|findings?|species|breeds?|" +
    "concepts?|keywords?|attributes?|targets?|names?)" +
    "([ _-]?(names?|list|text|strings?|ids?|index|codes?|idx|\\d+))?$",
  "i",
);

/** Of those, the ones that hold several, and the ones that have indices beside the names. */
const lists =
  /(labels|classes|categories|tags|objects|annotations|findings|concepts|keywords|list)$/i;
const codes = /([ _-](id|index|code|idx)|ids|codes)$/i;

/** What columns are called that tell something else of a photograph, even if they hold flags. */
const remarks = new RegExp(
  "^(is[ _-]\\w+|(is)?(valid|train|test|occluded|truncated|group[ _-]?of|depiction|inside)|" +
    "iscrowd|val(idation)?|testing|split|sub[ _-]?set|folds?|k[ _-]?fold|phase|partition|usage|difficult|" +
    "confidence|score|prob(ability)?|index|idx|unnamed.*|u?ids?|.*[ _-](ids?|index|idx)|" +
    "(file|image|img)[ _-]?(name|path)s?|sex|gender|patient.*|follow-up.*)$",
  "i",
);

/** The same, unless they hold flags: then they are classes of that name. */
const measures = new RegExp(
  "^(source|names?|paths?|files?|weight|width|height|depth|size|[wh]|" +
    "[xy]([ _-]?(min|max|center|centre))?|bbox|area|altitude|count|row|ur[il]|license|" +
    "author|title|caption|comments?|notes?|remarks?|date|year|time(stamp)?|md5|sha\\d*|hash|age|view([ _-]position)?|original.*)$",
  "i",
);

/** Whether a column says how sure a label is. */
export function isConfidence({ name }: Column): boolean {
  return /^(confidence|score|prob(ability)?)$/i.test(name);
}

/**
 * Whether a column among others is named as one that is no class; `flags` says whether it holds
 * nothing but flags. VOC has a class train, which beside val and test is a part of the set.
 */
export function isRemark({ name }: Column, flags: boolean, others: readonly Column[]): boolean {
  if (/^train(ing)?$/i.test(name)) return others.some((other) => /^(val|test)/i.test(other.name));
  return remarks.test(name) || !flags && measures.test(name);
}

/** Whether a cell of the column holds several names. */
export function isList({ name }: Column): boolean {
  return lists.test(name);
}

/**
 * Whether the first row is a heading: "known" by the name of a column of photographs; "guessed" where
 * it names no photograph and is not written like those that do.
 */
export function headingOf(
  rows: readonly TableRow[],
  known: KnownOfSet,
): "known" | "guessed" | undefined {
  const { photographOf } = known;
  const [{ cells: [first, ...others] }, ...rest] = rows;
  if (others.length === 0 || photographOf(first) !== undefined || photographEnd.test(first)) {
    return undefined;
  }
  if (photographs.test(first) || /^(unnamed.*)?$/i.test(first)) return "known";
  const named = rest.map(({ cells }) => cells).filter((cells) =>
    cells.some((cell) => photographOf(cell) !== undefined)
  );
  const alike = named.some(([id]) => shape(id) === shape(first));
  if (named.length === 0 || /\d/.test(first) && alike) return undefined;
  const name = rows[0].cells[photographColumn(rows, known)];
  return photographs.test(name) ? "known" : "guessed";
}

/** How an id is written: 2007_000032 and 2008_1 are alike. */
function shape(id: string): string {
  return id.replace(/\p{L}+/gu, "a").replace(/\d+/g, "0");
}

/** The column that names the photographs. */
export function photographColumn(rows: readonly TableRow[], { photographOf }: KnownOfSet): number {
  const [{ cells: heading }, ...rest] = rows;
  const holds = heading.map((_, at) =>
    rest.some(({ cells }) => photographOf(cells[at] ?? "") !== undefined)
  );
  const known = holds.findIndex((any, at) => any && photographs.test(heading[at]));
  return known >= 0 ? known : Math.max(0, holds.indexOf(true));
}

/**
 * The columns that hold names of classes by their own names: one, or several that are numbered; of two
 * that say the same, such as class_id and class_name, the one with the names.
 */
export function nameColumns(columns: readonly Column[]): readonly Column[] {
  const all = columns.filter(({ name }) => names.test(name));
  const words = all.filter(({ name }) => !codes.test(name));
  const some = words.length > 0 ? words : all;
  const sure = some.filter(({ name }) => !/^(display[ _-]?)?names?$/i.test(name));
  return sure.length > 0 ? sure : some;
}
