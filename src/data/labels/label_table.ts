import { InputError } from "../../files/error.ts";
import { parseJson } from "../../files/json.ts";
import { leftOutOf } from "../../files/listed.ts";
import { linesOf } from "../../files/read_bytes.ts";
import { idOf, photographEnd } from "../sets/photograph_name.ts";
import { type LabelRows, labelRows } from "./label_columns.ts";
import { type Cell, namesOf } from "./label_names.ts";
import { tableRows } from "./table_rows.ts";

/** Which classes a source names for each image, before the names become indices. */
export interface LabelTable {
  /** The file or folder that was read, for messages and reports. */
  readonly source: string;
  /** By the id of an image names of classes, or indices, as text or number. */
  readonly rows: ReadonlyMap<string, readonly (string | number)[]>;
  /** All names in the order of their indices from 1, where the source has such a list. */
  readonly classes?: readonly string[];
  /** For sources of a flag for each class, how many there are. */
  readonly flags?: number;
  /** Ids in it that no photograph of the set has, on its list or not, where it names any it likes. */
  readonly strangers?: readonly string[];
  /** What in the source is no label of a class; see `Voc.leftOut`. */
  readonly leftOut?: readonly string[];
}

/** What is known of a set before its labels are read. */
export interface KnownOfSet {
  /** The id of the photograph of the set, on its list or not, that is called so. */
  readonly photographOf: (name: string) => string | undefined;
  /** The names of its classes, the background first, where there is a list of them. */
  readonly classes?: readonly string[];
}

/**
 * The labels in a text, of one of these forms:
 *
 * - JSON `{"id": ["name", ...]}`, or a list of `{"id": "...", "classes": ["name", ...]}`;
 * - the same objects one a line;
 * - CSV `id,name,name` with commas, semicolons or tabs and, where needed, quotes; a heading may stand
 *   first; where its columns name classes, rows hold 0 and 1;
 * - lines `id name name`.
 *
 * An image may have several lines, and a cell several names with `|` or `;` between them. Ids may be
 * names of files. Throws InputError naming the line.
 */
export function parseLabels(source: string, text: string, known: KnownOfSet): LabelTable {
  const lines = linesOf(text).map((line) => line.trim());
  const filled = lines.flatMap((line, i) => line === "" ? [] : [{ line, number: i + 1 }]);
  if (filled.length === 0) throw refused(source, "it is empty", "Write lines of an id and classes");
  if (/\.json$/i.test(source)) return fromJson(source, text, known);
  const first = filled[0].line;
  if (
    first.startsWith("{") && !/\.(csv|tsv|txt)$/i.test(source) || /\.(jsonl|ndjson)$/i.test(source)
  ) {
    const rows = filled.map(({ line, number }) => {
      return jsonRow(source, `line ${number}`, json(source, line, `line ${number}`));
    });
    return collect(source, rows, known, { single: true });
  }
  return fromTable(source, text, known);
}

function fromTable(source: string, text: string, known: KnownOfSet): LabelTable {
  const refuse = (reason: string, remedy: string) => refused(source, reason, remedy);
  try {
    const all = tableRows(text);
    const table = /^sep=$/i.test(all[0]?.cells[0] ?? "") ? all.slice(1) : all; // a word to Excel
    if (table.length === 0) throw refuse("its lines are empty", "Write lines of an id and classes");
    const { rows, classes, ...form } = labelRows(table, known, refuse);
    const single = classes !== undefined; // the heading has a class in each cell
    return { ...collect(source, rows, known, { ...form, single }), classes };
  } catch (error) {
    throw error instanceof SyntaxError ? refuse(error.message, "Correct it") : error;
  }
}

type Refuse = (reason: string, remedy: string) => InputError;

/** What a line says of an image. */
export interface LabelRow {
  /** The image's id, or the name of its file. */
  readonly id: string;
  /** Where it stands, for messages: "line 3". */
  readonly place: string;
  /** Names of classes, or several in a cell. */
  readonly cells: readonly (string | number)[];
}

/** Rows by id, those of one image joined. */
function collect(
  source: string,
  all: readonly LabelRow[],
  { classes, photographOf }: KnownOfSet,
  form: Omit<LabelRows, "rows" | "classes"> & { readonly single?: boolean },
): LabelTable {
  const refuse = (reason: string, remedy: string) => refused(source, reason, remedy);
  const plainId = (name: string) => photographOf(name) ?? idOf(name);
  requireDistinct(all, plainId, refuse);
  const rows = new Map<string, (string | number)[]>(all.map(({ id }) => [plainId(id), []]));
  const cells = all.flatMap(({ id, place, cells }): Cell[] =>
    cells.map((text) => ({ id: plainId(id), place, text }))
  );
  const strangers = [...rows.keys()].filter((id) => photographOf(id) === undefined);
  const { names, none } = namesOf(cells, { ...form, classes, refuse });
  for (const { id, name } of names) rows.get(id)!.push(name);
  return {
    source,
    rows,
    strangers,
    leftOut: [
      ...leftOutOf(`what ${source} begins with, as it names no photograph`, form.guess ?? []),
      ...leftOutOf(`labels in ${source} of what is no photograph of the set`, strangers),
      ...leftOutOf(`columns of ${source} that are no classes`, form.columns ?? []),
      ...leftOutOf(`words in ${source} that are no classes`, none),
    ],
  };
}

/** Refuses rows of two files, a.jpg and a.png, of which nobody can tell which a is. */
function requireDistinct(
  rows: readonly LabelRow[],
  plainId: (name: string) => string,
  refuse: Refuse,
): void {
  const files = new Map<string, LabelRow & { readonly end: string }>();
  for (const row of rows) {
    const end = photographEnd.exec(row.id)?.[0].toLowerCase();
    if (end === undefined) continue;
    const other = files.get(plainId(row.id));
    if (other && other.end !== end) {
      throw refuse(
        `${other.id} on ${other.place} and ${row.id} on ${row.place} have the same name`,
        "Rename one",
      );
    }
    files.set(plainId(row.id), { ...row, end });
  }
}

function fromJson(source: string, text: string, known: KnownOfSet): LabelTable {
  const value = json(source, text, "it");
  if (Array.isArray(value)) {
    const rows = value.map((item, i) => jsonRow(source, `item ${i + 1}`, item));
    return collect(source, rows, known, { single: true });
  }
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || !entries.every(([, names]) => isNames(names))) {
    const remedy = 'Write {"id": ["name", "name"]}';
    throw refused(source, "it is not lists of classes by image", remedy);
  }
  const rows = (entries as [string, (string | number)[]][])
    .map(([id, cells]) => ({ id, place: `item ${id}`, cells }));
  return collect(source, rows, known, { single: true });
}

function json(source: string, text: string, where: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^it/, where);
    throw new InputError(`Cannot read ${source}: ${reason}. Correct it.`, { cause });
  }
}

function jsonRow(source: string, place: string, value: unknown): LabelRow {
  const { id, classes, labels = classes } = Object(value);
  if ((typeof id === "string" || typeof id === "number") && isNames(labels)) {
    return { id: `${id}`, place, cells: labels };
  }
  const remedy = 'Write {"id": "photograph", "classes": ["name"]}';
  throw refused(source, `${place} is no id with a list of classes`, remedy);
}

function isNames(value: unknown): value is (string | number)[] {
  return Array.isArray(value) &&
    value.every((name) => typeof name === "string" || typeof name === "number");
}

/** What is said of a source that cannot be used. */
export function refused(source: string, reason: string, remedy: string): InputError {
  return new InputError(`Cannot use the image labels ${source}: ${reason}. ${remedy}.`);
}
