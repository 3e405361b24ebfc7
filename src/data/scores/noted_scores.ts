import { parseJson } from "../../files/json.ts";
import { shown } from "../../files/shown.ts";
import { encodeNpy, type NpyFile } from "../../weights/npy.ts";

/** What the header of an array of scores says of its planes. */
export interface ScoreNote {
  /** The class of each plane, 0 the background. */
  readonly classes: readonly number[];
  /** Side of the block of pixels that a score stands for; see `ScoreMap`. */
  readonly stride?: number;
}

/** A plane of scores, as far as it is written. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  readonly stride?: number;
}

const PREFIX = "henka scores ";

/**
 * The bytes of a .npy file of float16 planes in the order of their classes, whose header names them.
 *
 * @throws {TypeError} when the planes differ in size or stride.
 */
export function encodeNoted(planes: ReadonlyMap<number, Plane>): Uint8Array<ArrayBuffer> {
  const classes = [...planes.keys()].sort((a, b) => a - b);
  const [first = { width: 1, height: 1, stride: undefined }] = planes.values();
  const { width, height, stride } = first;
  const data = new Float32Array(classes.length * width * height);
  classes.forEach((index, i) => {
    const plane = planes.get(index)!;
    if (plane.width !== width || plane.height !== height || plane.stride !== stride) {
      throw new TypeError("Cannot write scores as an array: their sizes or strides differ");
    }
    data.set(plane.data, i * width * height);
  });
  const note: ScoreNote = { classes, stride };
  const shape = [classes.length, height, width];
  return encodeNpy({ dtype: "F16", shape, data }, PREFIX + JSON.stringify(note));
}

/** What a file says of its planes; nothing if it is of another program. */
export function readNote(
  file: NpyFile,
  refuse: (reason: string) => Error,
): ScoreNote | undefined {
  if (file.kind !== "array" || !file.note?.startsWith(PREFIX)) return undefined;
  try {
    const { classes, stride } = Object(parseJson(file.note.slice(PREFIX.length)));
    const known = Array.isArray(classes) && classes.every((c) => isWhole(c, 0));
    if (known && (stride === undefined || isWhole(stride, 1))) return { classes, stride };
  } catch {
    // told below
  }
  throw refuse(`its header "${shown(file.note)}" is damaged`);
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= least;
}
