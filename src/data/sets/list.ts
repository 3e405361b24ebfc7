import { InputError } from "../../files/error.ts";
import { readText } from "../../files/read_bytes.ts";

/** One line of a list: an image's id and, in PSA's lists, where its files are. */
export interface ListLine {
  /** The image's name without folder and extension; it names all files made for it. */
  readonly id: string;
  /** The image's path relative to the set's folder, when the list gives it. */
  readonly image?: string;
  /** The mask's path relative to the set's folder, when the list gives it. */
  readonly mask?: string;
}

const imageExtension = /\.(jpe?g|png)$/i;

/**
 * Reads a list of images: ids one a line, image paths, or the two columns of PSA,
 * `/JPEGImages/2007_000032.jpg /SegmentationClassAug/2007_000032.png`.
 *
 * Any id will do, of any length and with blanks, but for ".." in its path.
 * Throws InputError naming file and line when it is missing, empty or names an image twice.
 */
export async function readList(path: string): Promise<readonly ListLine[]> {
  const lines: ListLine[] = [];
  const seen = new Map<string, number>();
  for (const [i, text] of (await readText(path)).split("\n").entries()) {
    if (text.trim() === "") continue;
    const line = parseLine(text.trim());
    const problem = line.id === "" || /(^|[\\/])\.\.?([\\/]|$)|^[\\/]|\\/.test(line.id)
      ? `"${text.trim()}" is no name of an image`
      : seen.has(line.id)
      ? `${line.id} is already on line ${seen.get(line.id)}`
      : undefined;
    if (problem !== undefined) {
      throw new InputError(`Cannot use line ${i + 1} of ${path}: ${problem}. Correct the list.`);
    }
    seen.set(line.id, i + 1);
    lines.push(line);
  }
  if (lines.length === 0) {
    throw new InputError(`Cannot use the list ${path}: it is empty. Write one image name a line.`);
  }
  return lines;
}

function parseLine(text: string): ListLine {
  const columns = /^(\S+\.(?:jpe?g|png))\s+(\S+\.png)$/i.exec(text);
  const [image, mask] = columns ? columns.slice(1).map(relative) : [text];
  if (mask !== undefined) return { id: nameOf(image), image, mask };
  if (!imageExtension.test(image)) return { id: image };
  return image.startsWith("/")
    ? { id: nameOf(image), image: relative(image) }
    : { id: image.replace(imageExtension, "") };
}

/** The lists begin their paths with the slash of the set's folder. */
function relative(path: string): string {
  return path.replace(/^\/+/, "");
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(imageExtension, "");
}
