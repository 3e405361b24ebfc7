import { InputError } from "../../files/error.ts";

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
}

/**
 * The labels in a text, of one of these forms:
 *
 * - JSON `{"id": ["name", ...]}`, or a list of `{"id": "...", "classes": ["name", ...]}`;
 * - the same objects one a line;
 * - CSV `id,name,name` with commas, semicolons or tabs and, where needed, quotes; a heading
 *   may stand first; where its columns name classes, rows hold 0 and 1;
 * - lines `id name name`.
 *
 * An image may have several lines. Ids may be names of files. Throws InputError naming the line.
 */
export function parseLabels(source: string, text: string): LabelTable {
  const lines = text.split("\n").map((line) => line.trim());
  const filled = lines.flatMap((line, i) => line === "" ? [] : [{ line, number: i + 1 }]);
  if (filled.length === 0) throw refused(source, "it is empty", "Write lines of an id and classes");
  const first = filled[0].line;
  if (/\.json$/i.test(source)) return fromJson(source, text);
  if (
    first.startsWith("{") && !/\.(csv|tsv|txt)$/i.test(source) || /\.(jsonl|ndjson)$/i.test(source)
  ) {
    return collect(
      source,
      filled.map(({ line, number }) => {
        return jsonRow(source, `line ${number}`, parseJson(source, line, `line ${number}`));
      }),
    );
  }
  const rows = filled.map(({ line }) => cells(line));
  const heading = isHeading(rows[0]) ? rows.shift()! : undefined;
  const flags = heading && flagRows(heading, rows);
  if (flags) return { ...collect(source, flags), classes: heading.slice(1) };
  return collect(source, rows.map(([id, ...names]) => [id, names]));
}

type Row = readonly [id: string, classes: readonly (string | number)[]];

/** Rows by id, those of one image joined. */
function collect(source: string, all: Iterable<Row>): LabelTable {
  const rows = new Map<string, (string | number)[]>();
  for (const [id, classes] of all) {
    const key = id.replace(/\.(jpe?g|png)$/i, "");
    const named = classes.filter((name) => name !== "");
    rows.set(key, [...rows.get(key) ?? [], ...named]);
  }
  return { source, rows };
}

/** The cells of a line, by its first comma, semicolon or tab outside of quotes; else by blanks. */
function cells(line: string): string[] {
  const separator = /[,;\t]/.exec(line.replace(/"[^"]*"/g, ""))?.[0];
  if (separator === undefined) return line.split(/\s+/);
  // In id,name;name the names are separated too.
  const end = separator === "," ? "[,;]" : separator;
  const cell = new RegExp(` *(?:"((?:[^"]|"")*)" *|(.*?))(?:${end}|$)`, "gy");
  return Array.from(
    `${line}${separator}`.matchAll(cell),
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain.trim(),
  ).slice(0, -1); // the last match is the empty one at the end
}

const headings =
  /^(id|ids|image|images|image_?id|image_?name|file|file_?name|name|path|photograph)$/i;
const nameOfAll = /^(class|label|categor|tag|object)/i;

function isHeading([id, ...names]: readonly string[]): boolean {
  return headings.test(id) && names.length > 0;
}

/** The names whose columns are 1, where the heading names a class for each column of 0 and 1. */
function flagRows(heading: readonly string[], rows: readonly string[][]): Row[] | undefined {
  const names = heading.slice(1);
  const flags = !names.some((name) => nameOfAll.test(name) || name === "") &&
    rows.every((row) =>
      row.length === heading.length && row.slice(1).every((cell) => /^[01](\.0*)?$/.test(cell))
    );
  if (!flags) return undefined;
  return rows.map(([id, ...row]) => [id, names.filter((_, i) => Number(row[i]) === 1)]);
}

function fromJson(source: string, text: string): LabelTable {
  const value = parseJson(source, text, "it");
  if (Array.isArray(value)) {
    return collect(source, value.map((item, i) => jsonRow(source, `item ${i + 1}`, item)));
  }
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || !entries.every(([, names]) => isNames(names))) {
    const remedy = 'Write {"id": ["name", "name"]}';
    throw refused(source, "it is not lists of classes by image", remedy);
  }
  return collect(source, entries as [string, string[]][]);
}

function parseJson(source: string, text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`Cannot read ${source}: ${where} is no JSON. Correct it.`, { cause });
  }
}

function jsonRow(source: string, where: string, value: unknown): Row {
  const { id, classes, labels = classes } = Object(value);
  if ((typeof id === "string" || typeof id === "number") && isNames(labels)) {
    return [`${id}`, labels];
  }
  const remedy = 'Write {"id": "photograph", "classes": ["name"]}';
  throw refused(source, `${where} is no id with a list of classes`, remedy);
}

function isNames(value: unknown): value is (string | number)[] {
  return Array.isArray(value) &&
    value.every((name) => typeof name === "string" || typeof name === "number");
}

/** What is said of a source that cannot be used. */
export function refused(source: string, reason: string, remedy: string): InputError {
  return new InputError(`Cannot use the image labels ${source}: ${reason}. ${remedy}.`);
}
