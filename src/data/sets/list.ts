import { InputError } from "../../files/error.ts";
import { linesOf, readText } from "../../files/read_bytes.ts";
import { idOf, photographEnd } from "./photograph_name.ts";

/** One line of a list: an image's id and, where the list gives them, where its files are. */
export interface ListLine {
  /** The image's name without folder and extension; it names all files made for it. */
  readonly id: string;
  /** The image's path relative to the set's folder, in PSA's lists. */
  readonly image?: string;
  /** The mask's path relative to the set's folder, in PSA's lists. */
  readonly mask?: string;
  /** The image's name in the folder of photographs, where the line has its extension. */
  readonly file?: string;
}

/**
 * Reads a list of images: ids one a line, image paths, or the two columns of PSA,
 * `/JPEGImages/2007_000032.jpg /SegmentationClassAug/2007_000032.png`.
 *
 * Any id will do, of any length and with blanks, but for ".." in its path.
 * Throws InputError naming file and line when it is missing, empty, names an image twice or a path
 * outside of the set.
 */
export async function readList(path: string): Promise<readonly ListLine[]> {
  const lines: ListLine[] = [];
  const seen = new Map<string, number>();
  for (const [i, text] of linesOf(await readText(path)).entries()) {
    if (text.trim() === "") continue;
    const line = parseLine(text.trim());
    const { id, image = id, mask = id } = line;
    const problem = ![id, image, mask].every(isInside)
      ? `"${text.trim()}" is no name of an image in the set`
      : seen.has(id)
      ? `${id} is already on line ${seen.get(id)}`
      : undefined;
    if (problem !== undefined) {
      throw new InputError(`Cannot use line ${i + 1} of ${path}: ${problem}. Correct the list.`);
    }
    seen.set(id, i + 1);
    lines.push(line);
  }
  if (lines.length === 0) {
    throw new InputError(`Cannot use the list ${path}: it is empty. Write one image name a line.`);
  }
  return lines;
}

/** Whether a path is one of a file inside of the folder that it is relative to. */
function isInside(path: string): boolean {
  return path !== "" && !/(^|\/)\.{0,2}(\/|$)|[\\\p{Cc}]/u.test(path);
}

function parseLine(text: string): ListLine {
  const columns = /^(\S+)\s+(\S+\.png)$/i.exec(text);
  if (columns && photographEnd.test(columns[1])) {
    const [image, mask] = columns.slice(1).map(relative);
    return { id: nameOf(image), image, mask };
  }
  if (!photographEnd.test(text)) return { id: idOf(text) };
  if (!text.startsWith("/")) return { id: idOf(text), file: text };
  const image = relative(text);
  return { id: nameOf(image), image };
}

/** The lists begin their paths with the slash of the set's folder, or with "./". */
function relative(path: string): string {
  return path.replace(/^(\.?\/)+/, "");
}

function nameOf(path: string): string {
  return idOf(path.slice(path.lastIndexOf("/") + 1));
}
