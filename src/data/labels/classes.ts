import { InputError } from "../../files/error.ts";
import { readText } from "../../files/read_bytes.ts";

/** The 21 class names of PASCAL VOC, the background first. */
export const vocClasses: readonly string[] = [
  ...["background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat"],
  ...["chair", "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant"],
  ...["sheep", "sofa", "train", "tvmonitor"],
];

/**
 * Reads class names, one a line in the order of their indices. A list that does not begin with
 * "background" gets it in front.
 * Throws InputError naming the file when it is missing, names a class twice or has over 255.
 */
export async function readClasses(path: string): Promise<readonly string[]> {
  const lines = (await readText(path)).split("\n").map((line) => line.trim());
  return classNames(lines.filter((line) => line !== ""), path);
}

/** The names with the background in front. Throws InputError naming `source`; see `readClasses`. */
export function classNames(names: readonly string[], source: string): readonly string[] {
  const background = /^_*(background|bg)_*$/i.test(names[0] ?? "");
  const all = background ? names : ["background", ...names];
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new InputError(
      `Cannot use the classes of ${source}: ${twice} is there twice. Remove one.`,
    );
  }
  if (all.length < 2 || all.length > 255) {
    throw new InputError(
      `Cannot use the classes of ${source}: there are ${all.length} with the background. ` +
        "Give 2 to 255, one a line.",
    );
  }
  return all;
}
