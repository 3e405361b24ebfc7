import { InputError } from "../../files/error.ts";
import { readText } from "../../files/read_bytes.ts";

/** The objects of an annotation of VOC. */
export interface Annotation {
  /** The name of each object; parts of objects, such as a head, are not among them. */
  readonly names: readonly string[];
  /** Elements that look like objects and are called otherwise. */
  readonly unknown: readonly string[];
}

/**
 * Reads an annotation of VOC. Elements may have attributes and be written in any case.
 * Throws InputError naming the file when it is missing, damaged, or an object has no name.
 */
export async function readAnnotation(path: string): Promise<Annotation> {
  const text = await readText(path);
  try {
    return parseAnnotation(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { message } = error;
    throw new InputError(`Cannot use the image labels ${path}: ${message}. Replace it.`, {
      cause: error,
    });
  }
}

/** As {@linkcode readAnnotation}, from the text. Throws SyntaxError, the bare reason. */
export function parseAnnotation(text: string): Annotation {
  const names: string[] = [];
  const unknown: string[] = [];
  const open: string[] = [];
  let name: string | undefined;
  for (const { kind, value } of pieces(text)) {
    const inside = open.length - 1;
    if (kind === "text") {
      if (inside === 2 && open[1] === "object" && open[2] === "name") name = (name ?? "") + value;
    } else if (kind === "open") {
      if (inside < 0 && value !== "annotation") throw new SyntaxError("it is no annotation of VOC");
      // Pictures have owners and sources, which have names too.
      if (inside === 1 && /^(name|bndbox|polygon)$/.test(value)) {
        if (!/^(object|owner|source|size)$/.test(open[1])) unknown.push(open[1]);
        else if (open[1] === "object" && value === "name" && name !== undefined) {
          throw new SyntaxError("it has an object of two names");
        }
      }
      open.push(value);
    } else {
      if (open.pop() !== value) throw new SyntaxError(`it is damaged at </${value.slice(0, 50)}>`);
      if (inside !== 1 || value !== "object") continue;
      if (!name?.trim()) throw new SyntaxError("it has an object without a name");
      names.push(name.trim().normalize("NFC"));
      name = undefined;
    }
  }
  if (open.length > 0) throw new SyntaxError("it is truncated");
  return { names, unknown: [...new Set(unknown)] };
}

/** A text, or the name of an element in small letters where it begins or ends. */
interface Piece {
  readonly kind: "text" | "open" | "close";
  readonly value: string;
}

/** What an XML text consists of, without comments and instructions. */
function* pieces(text: string): Generator<Piece, void, undefined> {
  let begun = false;
  for (let at = 0; at < text.length;) {
    const start = text.indexOf("<", at);
    const before = text.slice(at, start < 0 ? text.length : start);
    if (before.trim() !== "") {
      if (!begun) throw new SyntaxError("it is no annotation of VOC");
      yield { kind: "text", value: unescaped(before) };
    }
    if (start < 0) return;
    const [opening, closing] = marks.find(([opening]) => text.startsWith(opening, start))!;
    const end = text.indexOf(closing, start + opening.length);
    if (end < 0) throw new SyntaxError("it is truncated");
    const content = text.slice(start + opening.length, end);
    at = end + closing.length;
    if (opening === "<![CDATA[") yield { kind: "text", value: content };
    if (opening === "</") yield { kind: "close", value: elementOf(content) };
    if (opening !== "<") continue;
    begun = true;
    yield { kind: "open", value: elementOf(content) };
    if (content.endsWith("/")) yield { kind: "close", value: elementOf(content) };
  }
  if (!begun) throw new SyntaxError("it is no annotation of VOC");
}

/** How what begins with "<" begins and ends; the last is an element. */
const marks = [["<!--", "-->"], ["<![CDATA[", "]]>"], ["<?", "?>"], ["<!", ">"], ["</", ">"], [
  "<",
  ">",
]];

/** The name of an element, without its namespace and attributes. */
function elementOf(content: string): string {
  const name = /^[^\s/]*/.exec(content)![0];
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

function unescaped(text: string): string {
  return text.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return Object.hasOwn(entities, name) ? entities[name] : whole;
    const code = name[1] === "x" ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
