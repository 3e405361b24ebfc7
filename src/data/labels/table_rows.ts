/** A line of a table. */
export interface TableRow {
  /** The number of its line in the file, from 1. */
  readonly line: number;
  /** Its cells, at least one, without quotes and blanks around them. */
  readonly cells: readonly string[];
}

/**
 * The rows of a text that are not blank. A row is divided by its first comma, semicolon or tab outside
 * of quotes, where that is a comma by semicolons too, and one without any by blanks. A quoted cell may
 * reach beyond its line.
 *
 * @throws {SyntaxError} the bare reason, when a quote is not closed, or closed inside of a cell.
 */
export function tableRows(text: string): TableRow[] {
  const rows: TableRow[] = [];
  const from = new Reader(text);
  while (!from.ended) {
    const { line } = from;
    const cells = from.row();
    if (cells.some((cell) => cell !== "")) rows.push({ line, cells });
  }
  return rows;
}

/** Reads rows from the front of a text. */
class Reader {
  readonly #text: string;
  #at = 0;
  /** The line that comes next. */
  line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  row(): string[] {
    const separator = this.#separator();
    if (separator === undefined) return this.#blanks();
    const ends = separator === "," ? ",;" : separator;
    const cells = [this.#cell(ends)];
    while (!this.ended && ends.includes(this.#text[this.#at])) {
      this.#at++;
      cells.push(this.#cell(ends));
    }
    this.#lineEnd();
    return cells;
  }

  /** The first separator of the row, which stays where it is. */
  #separator(): string | undefined {
    let at = this.#skipped(this.#at);
    if (this.#text[at] === '"') at = this.#closing(at) + 1;
    for (; at < this.#text.length && !isLineEnd(this.#text[at]); at++) {
      if (",;\t".includes(this.#text[at])) return this.#text[at];
    }
    return undefined;
  }

  #blanks(): string[] {
    if (this.#text[this.#skipped(this.#at)] === '"') {
      const cell = this.#cell("");
      this.#lineEnd();
      return [cell];
    }
    const start = this.#at;
    while (!this.ended && !isLineEnd(this.#text[this.#at])) this.#at++;
    const row = this.#text.slice(start, this.#at).trim();
    this.#lineEnd();
    return row.split(/\s+/);
  }

  #cell(ends: string): string {
    const start = this.#skipped(this.#at);
    if (this.#text[start] === '"') {
      const end = this.#closing(start);
      this.#at = this.#skipped(end + 1);
      const next = this.#text[this.#at];
      if (next !== undefined && !ends.includes(next) && !isLineEnd(next)) {
        throw new SyntaxError(`line ${this.line} has a quote inside of a cell`);
      }
      const cell = this.#text.slice(start + 1, end);
      this.line += cell.split(lineEnds).length - 1;
      return cell.replaceAll('""', '"').trim();
    }
    this.#at = start;
    while (
      !this.ended && !ends.includes(this.#text[this.#at]) && !isLineEnd(this.#text[this.#at])
    ) {
      this.#at++;
    }
    return this.#text.slice(start, this.#at).trim();
  }

  /** Where the quote that opens at `at` is closed. */
  #closing(at: number): number {
    for (let end = at;;) {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw new SyntaxError(`line ${this.line} has a quote that is not closed`);
      if (this.#text[end + 1] !== '"') return end;
      end++;
    }
  }

  #skipped(at: number): number {
    while (this.#text[at] === " ") at++;
    return at;
  }

  #lineEnd(): void {
    if (this.#text.startsWith("\r\n", this.#at)) this.#at++;
    this.#at++;
    this.line++;
  }
}

const lineEnds = /\r\n?|[\n\u2028\u2029]/;

function isLineEnd(letter: string): boolean {
  return letter === "\n" || letter === "\r" || letter === "\u2028" || letter === "\u2029";
}
