import { linesOf } from "../../files/read_bytes.ts";
import { foreignClasses, foreignIndex, unusable } from "./foreign_set.ts";

/** Which class values, or colours as one number, stand for. */
export interface ClassTable {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** Class indices, 255 for void, by what stands for them, in the order of the table. */
  readonly indices: ReadonlyMap<number, number>;
}

/**
 * Reads lines of values and the names of their classes, `7,road`, with the value before or behind the
 * name; for colours, three numbers with the name: `128,0,0,cat`, `cat 128 0 0` or CVAT's
 * `cat:128,0,0::`. Several values may have one name. A heading and lines that begin with # are left out;
 * under one of more columns, the value is that of `Idx`, `id` or `value`, the name that of `Name`.
 * Classes are in the order of their first line, the background aside; `void` and the like are of none.
 *
 * @throws {InputError} naming the file and the line.
 */
export function readClassTable(
  text: string,
  source: string,
  kind: "values" | "colours",
): ClassTable {
  const numbers = kind === "values" ? 1 : 3;
  const lines = linesOf(text);
  const columns = kind === "values" ? columnsOf(lines[0] ?? "") : undefined;
  const rows: Row[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#") || columns && i === 0) return;
    const row = columns ? columns(line) : rowOf(line.trim(), numbers);
    if (row) rows.push(row);
    else if (i > 0) {
      const form = kind === "values" ? "a value and a name" : "three numbers and a name";
      throw unusable(source, `line ${i + 1} is not ${form}`, 'Write lines like "7,road"');
    }
  });
  if (rows.length === 0) throw unusable(source, "it has no lines", 'Write lines like "7,road"');
  const twice = rows.find(({ key, name }) => rows.some((o) => o.key === key && o.name !== name));
  if (twice) throw unusable(source, `one of its values stands for ${twice.name} and another class`);
  const names = new Set(rows.map(({ name }) => name).filter((name) => name !== "255"));
  const classes = foreignClasses([...names], source);
  return {
    classes,
    indices: new Map(rows.map(({ name, key }) => {
      return [key, name === "255" ? 255 : foreignIndex(name, classes)];
    })),
  };
}

/** A line of a table. */
interface Row {
  readonly name: string;
  readonly key: number;
}

/** How lines are read under a heading of more than two columns, such as ADE20K's list of classes has. */
function columnsOf(heading: string): ((line: string) => Row | undefined) | undefined {
  const separator = ["\t", ",", ";"].find((sign) => heading.split(sign).length > 2);
  if (separator === undefined) return undefined;
  const titles = heading.split(separator).map((title) => title.trim());
  const value = titles.findIndex((title) => /^(idx|id|index|value|label ?id)$/i.test(title));
  const name = titles.findIndex((title) => /^(name|class|label)$/i.test(title));
  if (value < 0 || name < 0) return undefined;
  return (line) => {
    const cells = line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    const row = { name: cells[name] ?? "", key: Number(cells[value] || NaN) };
    const known = cells.length === titles.length && row.name !== "" && row.key >= 0;
    return known && Number.isInteger(row.key) ? row : undefined;
  };
}

/** The name and the value or colour of a line; nothing where it is neither. */
function rowOf(line: string, numbers: 1 | 3): Row | undefined {
  const some = Array(numbers).fill("(\\d{1,5})").join("[\\s,;]+");
  const before = new RegExp(`^${some}[\\s,;:]+(\\S.*)$`).exec(line);
  const behind = new RegExp(`^(.*\\S?)[\\s,;:]+${some}(:[^:]*:[^:]*)?$`).exec(line);
  const found = before?.slice(1, numbers + 1) ?? behind?.slice(2, numbers + 2);
  if (!found) return undefined;
  const name = (before ? before[numbers + 1] : behind![1]).trim().replace(/^"(.*)"$/, "$1");
  const values = found.map(Number);
  if (name === "" || numbers === 3 && values.some((value) => value > 255)) return undefined;
  return { name, key: values.reduce((sum, value) => sum * 256 + value, 0) };
}
