import type { InputError } from "../../files/error.ts";
import { listed } from "../../files/listed.ts";
import { type Column, headingOf, isConfidence, isList, isRemark } from "./label_heading.ts";
import { nameColumns, photographColumn } from "./label_heading.ts";
import { isNothing } from "./label_names.ts";
import type { KnownOfSet, LabelRow } from "./label_table.ts";
import type { TableRow } from "./table_rows.ts";

/** The labels in the rows of a table. */
export interface LabelRows {
  /** What each row says. */
  readonly rows: readonly LabelRow[];
  /** The names of the classes, where each has a column of flags. */
  readonly classes?: readonly string[];
  /** Whether the heading says that a cell holds several names. */
  readonly isList?: boolean;
  /** The names of columns that are no classes. */
  readonly columns?: readonly string[];
  /** The heading, where nothing says that it is one but that it names no photograph. */
  readonly guess?: readonly string[];
}

/** What to do about a cell that says neither. */
const FLAGS = "Write 1 where the image shows the class and 0 where it does not";

type Refuse = (reason: string, remedy: string) => InputError;

/** A table with a heading. */
interface Table {
  readonly heading: TableRow;
  readonly rows: readonly TableRow[];
  /** The column that names the photographs, and the others. */
  readonly photograph: number;
  readonly others: readonly Column[];
  readonly refuse: Refuse;
}

/**
 * What the rows of a table say of photographs. The first may be a heading. Then the columns of names
 * are those that are called labels, classes and the like; without one every column of flags is a
 * class; other columns are left out.
 *
 * @throws what `refuse` makes, naming line and cell, for a cell that is no flag, and where nobody can
 * tell which column is meant.
 */
export function labelRows(
  rows: readonly TableRow[],
  known: KnownOfSet,
  refuse: Refuse,
): LabelRows {
  const heading = headingOf(rows, known);
  if (heading === undefined) {
    const plain = rows.map(({ line, cells: [id, ...cells] }) => labelRow(line, id, cells, refuse));
    return { rows: plain };
  }
  if (rows.length === 1) throw refuse("it has no line but its heading", "Write one for each image");
  const table = tableOf(rows, known, refuse);
  const found = byNames(table, known) ?? byFlags(table, known);
  const used = heading === "known" || found.classes || nameColumns(table.others).length > 0;
  return used ? found : { ...found, guess: table.heading.cells };
}

function tableOf(all: readonly TableRow[], known: KnownOfSet, refuse: Refuse): Table {
  const [heading, ...rows] = all;
  const photograph = photographColumn(all, known);
  const columns = heading.cells.map((name, at) => ({ name, at })).filter(({ at }) =>
    at !== photograph
  );
  // A separator at the end of every line makes a column of nothing.
  const others = columns.filter(({ name, at }) =>
    name !== "" || rows.some(({ cells }) => cells[at])
  );
  return { heading, rows, photograph, others, refuse };
}

/** The labels where columns hold the names of classes; undefined where there are none. */
function byNames(table: Table, known: KnownOfSet): LabelRows | undefined {
  const { heading, others, refuse } = table;
  const isClass = ({ name }: Column) => known.classes?.includes(name) ?? false;
  const columns = nameColumns(others.filter((column) => !isClass(column)));
  const flags = columns.length > 1 && columns.every((column) => kindOf(table, column) === "flags");
  if (columns.length === 0 || flags) return undefined;
  if (new Set(columns.map(({ name }) => name.replace(/[ _-]?\d+$/, ""))).size > 1) {
    const both = listed(columns.map(({ name }) => name));
    throw refuse(`line ${heading.line} has several columns of classes, ${both}`, "Leave one");
  }
  return namesIn(table, columns);
}

function namesIn(table: Table, columns: readonly Column[]): LabelRows {
  const { heading: { cells: { length: width } }, rows, others, refuse } = table;
  const sure = others.find(isConfidence);
  const open = columns.some(({ at }) => at === width - 1); // more names may follow in a row
  const labels = rows.map((row) => {
    const more = row.cells.slice(width);
    if (!open && more.some((cell) => cell !== "")) throw refuse(tooLong(row, width), "Use quotes");
    const cells = [...columns.map(({ at }) => row.cells[at] ?? ""), ...more];
    const absent = sure !== undefined && !isSure(row, sure, refuse);
    return labelRow(row.line, row.cells[table.photograph], absent ? [] : cells, refuse);
  });
  const left = others.filter((column) => !columns.includes(column) && column !== sure);
  return { rows: labels, isList: columns.some(isList), columns: left.map(nameOf) };
}

/** Whether a label is there: a confidence is 1, or 0 where somebody saw that it is not. */
function isSure({ line, cells }: TableRow, { name, at }: Column, refuse: Refuse): boolean {
  const cell = cells[at] ?? "";
  const flag = cell === "" ? true : flagOf(cell);
  if (flag !== undefined) return flag;
  throw refuse(`line ${line} has "${cell}" under ${name}`, FLAGS);
}

/** The labels where each class has a column of flags. */
function byFlags(table: Table, known: KnownOfSet): LabelRows {
  const { heading, others, rows, refuse } = table;
  const isClass = ({ name }: Column) => known.classes?.includes(name) ?? false;
  const kinds = new Map(others.map((column) => [column, kindOf(table, column)]));
  const some = others.filter((column) => {
    return isClass(column) || !isRemark(column, kinds.get(column) === "flags", others);
  });
  const texts = some.filter((column) => !isClass(column) && kinds.get(column) === "texts");
  const flags = some.filter((column) => !texts.includes(column));
  if (flags.length === 0) return byTexts(table, texts, known);
  if (texts.length > 0 && !flags.every(isClass)) {
    const [words, numbers] = [texts, flags].map((columns) => listed(columns.map(nameOf)));
    throw refuse(
      `line ${heading.line} has columns of words, ${words}, beside ones of numbers, ${numbers}`,
      "Call the column of the classes' names labels; write 1 and 0 in one that is a class; take out " +
        "what is neither",
    );
  }
  const nameless = flags.find(({ name }) => name === "");
  if (nameless) {
    const column = `column ${nameless.at + 1} of line ${heading.line}`;
    throw refuse(`${column} has no name`, "Write the name of its class there");
  }
  const width = heading.cells.length;
  const labels = rows.map((row) => {
    if (row.cells.length < width || row.cells.slice(width).some((cell) => cell !== "")) {
      throw refuse(tooLong(row, width), "Give every line a cell for each");
    }
    const shown = flags.filter(({ name, at }) => {
      const flag = flagOf(row.cells[at]);
      if (flag !== undefined) return flag;
      throw refuse(`line ${row.line} has "${row.cells[at]}" under ${name}`, FLAGS);
    });
    return labelRow(row.line, row.cells[table.photograph], shown.map(({ name }) => name), refuse);
  });
  const classes = flags.map(({ name }) => name).filter((name) => !isNothing(name, known.classes));
  const left = others.filter((column) => !flags.includes(column));
  return { rows: labels, classes, columns: left.map(nameOf) };
}

/** Columns of words under names that say nothing: one is the classes', of several those that are. */
function byTexts(table: Table, texts: readonly Column[], { classes }: KnownOfSet): LabelRows {
  const { heading: { line }, rows, refuse } = table;
  const columns = texts.length < 2 || classes === undefined ? texts : texts.filter(({ at }) => {
    return rows.every(({ cells }) => !cells[at] || classes.includes(cells[at]));
  });
  const flags = "write 1 and 0 in one that is a class";
  const [{ name, at } = {}] = columns;
  if (columns.length === 1) {
    const isMark = ({ cells }: TableRow) => /^[x\u00d7\u2713\u2714]?$/i.test(cells[at!] ?? "");
    if (!rows.every(isMark)) return namesIn(table, columns);
    throw refuse(`column ${name} of line ${line} has marks, no names`, FLAGS);
  }
  const all = listed(texts.map(nameOf));
  throw columns.length === 0
    ? refuse(`line ${line} names no column of classes`, "Call one labels")
    : refuse(
      `line ${line} has the columns ${all}`,
      `Call the one of the classes labels, or ${flags}`,
    );
}

/** "flags" where all cells are flags; "texts" where none is one, or a number. */
function kindOf({ rows }: Table, { at }: Column): "flags" | "texts" | "mixed" {
  const cells = rows.map(({ cells }) => cells[at] ?? "");
  if (cells.every((cell) => flagOf(cell) !== undefined)) return "flags";
  const isText = (cell: string) =>
    cell === "" || flagOf(cell) === undefined && Number.isNaN(Number(cell));
  return cells.every(isText) ? "texts" : "mixed";
}

/** What a cell says under the name of a class: nothing, 0, -1 and the like say that it is not there. */
function flagOf(cell: string): boolean | undefined {
  if (/^(|[+-]?0(\.0*)?|-1(\.0*)?|false|no|nan)$/i.test(cell)) return false;
  return /^(\+?1(\.0*)?|true|yes)$/i.test(cell) ? true : undefined;
}

function labelRow(
  line: number,
  id: string | undefined,
  cells: readonly string[],
  refuse: Refuse,
): LabelRow {
  if (id) return { id, place: `line ${line}`, cells };
  throw refuse(`line ${line} names no image`, "Write its id first");
}

function tooLong({ line, cells }: TableRow, width: number): string {
  return `line ${line} has ${cells.length} cells, but the heading has ${width}`;
}

function nameOf({ name }: Column): string {
  return name || "one without a name";
}
