import { elements, type Entry, entry, float32 } from "../../weights/entry.ts";
import { type NpyFile, readNpy } from "../../weights/npy.ts";
import { NumpyArray } from "../../weights/numpy_pickle.ts";
import { TorchTensor } from "../../weights/torch_tensor.ts";
import { encodeDictionary } from "../../weights/write_dictionary.ts";
import { writeAtomic } from "../../files/atomic.ts";
import { InputError } from "../../files/error.ts";
import { shown } from "../../files/shown.ts";
import { encodeNoted, readNote, type ScoreNote } from "./noted_scores.ts";

/** Scores of one class, row-major height x width. */
export interface ScoreMap {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Finite scores, height x width. */
  readonly data: Float32Array<ArrayBuffer>;
  /**
   * Side of the block of pixels that a score stands for; the last column and row may reach beyond the
   * photograph. Without it the map lies on the photograph exactly.
   */
  readonly stride?: number;
}

/** How the file counts its classes. */
export interface CamOptions {
  /**
   * What the keys of a dictionary are: "foreground", PSA's CAMs, whose 0 is class 1; or "classes",
   * SSDD's scores after the random walk, whose 0 is the background. Default "foreground".
   */
  readonly keys?: "foreground" | "classes";
  /** Number of classes with the background; larger indices are refused. */
  readonly classes?: number;
  /** The image's classes from 1; needed for arrays without keys (SSDD's out_aff_crf). */
  readonly labels?: readonly number[];
}

/**
 * Reads the score maps of one image by class index, 0 the background. All have one size.
 *
 * Understands the arrays of {@linkcode writeCam}, which name their classes, whatever the options say;
 * the pickled dictionaries of PSA and SSDD, those of IRN (keys and high_res or cam), and plain arrays
 * C,H,W whose planes are all classes, the background and `labels`, or `labels`.
 * Throws InputError naming the file when it is missing, damaged, or something else.
 */
export async function readCam(
  path: string,
  options: CamOptions = {},
): Promise<Map<number, ScoreMap>> {
  const refuse: Refuse = (reason) =>
    new InputError(
      `Cannot use the scores ${path}: ${reason}. Give a dictionary of maps by class, as PSA's.`,
    );
  const file = await readNpy(path);
  const note = readNote(file, refuse);
  let planes: Map<number, Entry>;
  try {
    planes = planesOf(file, note, options, refuse);
  } catch (error) {
    throw error instanceof SyntaxError ? refuse(`it has ${error.message}`) : error;
  }
  const maps = new Map<number, ScoreMap>();
  const values = new Map<Entry, Float32Array<ArrayBuffer>>();
  let size: string | undefined;
  for (const [index, plane] of [...planes].sort(([a], [b]) => a - b)) {
    if (index < 0 || index >= (options.classes ?? 255)) {
      throw refuse(`its class ${index} is not in 0..${(options.classes ?? 255) - 1}`);
    }
    const map = {
      ...mapOf(plane, index, values, refuse),
      ...(note?.stride && { stride: note.stride }),
    };
    size ??= `${map.width}x${map.height}`;
    if (size !== `${map.width}x${map.height}`) {
      throw refuse(`class ${index} is ${map.width}x${map.height}, but another is ${size}`);
    }
    maps.set(index, map);
  }
  return maps;
}

/** How scores are written. */
export interface WriteCamOptions {
  /**
   * "dictionary", the default: PSA's pickled float32, its keys as `keys` says. "array": planes of
   * float16 and, in the header, their classes and stride, so that readers need no options.
   */
  readonly form?: "dictionary" | "array";
  /** What the keys of the dictionary are; see {@linkcode CamOptions}. Default "foreground". */
  readonly keys?: "foreground" | "classes";
}

/**
 * Writes the score maps of one image by class index; NumPy reads both forms.
 * Throws RangeError for the background in a dictionary of the foreground, which has no key for it,
 * and TypeError when the maps of an array differ in size or stride, or a dictionary's have a stride.
 */
export async function writeCam(
  path: string,
  maps: ReadonlyMap<number, { width: number; height: number; data: Float32Array; stride?: number }>,
  { form = "dictionary", keys = "foreground" }: WriteCamOptions = {},
): Promise<void> {
  const first = form === "dictionary" && keys === "foreground" ? 1 : 0;
  for (const index of maps.keys()) {
    if (Number.isInteger(index) && index >= first) continue;
    throw new RangeError(`Cannot write the scores of class ${index}: it is not ${first} or more`);
  }
  if (form === "array") return await writeAtomic(path, encodeNoted(maps));
  const entries = new Map<number, Entry>();
  for (const [index, { width, height, data, stride = 1 }] of maps) {
    if (stride !== 1) throw new TypeError("Cannot write scores with a stride in a dictionary");
    entries.set(index - first, entry([height, width], new Float32Array(data)));
  }
  await writeAtomic(path, encodeDictionary(entries));
}

type Refuse = (reason: string) => InputError;

function planesOf(
  file: NpyFile,
  note: ScoreNote | undefined,
  { keys = "foreground", labels, classes }: CamOptions,
  refuse: Refuse,
): Map<number, Entry> {
  if (file.kind === "array") {
    const planes = planeList(file.entry, refuse);
    const indices = note?.classes ?? plainKeys(planes.length, labels, classes, refuse);
    if (indices.length === planes.length) return new Map(indices.map((k, i) => [k, planes[i]]));
    throw refuse(`it has ${planes.length} planes for the ${indices.length} classes it names`);
  }
  const [dictionary] = file.objects;
  if (!(dictionary instanceof Map)) throw refuse("it holds no dictionary");
  const first = keys === "foreground" ? 1 : 0;
  if (dictionary.has("keys")) return irnPlanes(dictionary, first, refuse);
  return new Map([...dictionary].map(([key, value]) => {
    const plane = tensorOf(value);
    if (!Number.isSafeInteger(key) || plane === undefined) {
      throw refuse(`its item ${shown(key)} is no map of a class`);
    }
    return [key + first, plane];
  }));
}

/** IRN: {keys: classes, cam: maps at a quarter of the size, high_res: maps at full size}. */
function irnPlanes(
  dictionary: ReadonlyMap<unknown, unknown>,
  first: number,
  refuse: Refuse,
): Map<number, Entry> {
  const keys = tensorOf(dictionary.get("keys"));
  const maps = tensorOf(dictionary.get("high_res")) ?? tensorOf(dictionary.get("cam"));
  if (keys === undefined || maps === undefined) throw refuse("it lacks its keys, cam or high_res");
  const planes = planeList(maps, refuse);
  if (keys.data.length !== planes.length) {
    throw refuse(`it has ${keys.data.length} keys for ${planes.length} maps`);
  }
  return new Map(planes.map((plane, i) => [Number(keys.data[i]) + first, plane]));
}

function plainKeys(
  count: number,
  labels: readonly number[] | undefined,
  classes: number | undefined,
  refuse: Refuse,
): readonly number[] {
  const present = labels?.toSorted((a, b) => a - b);
  if (count === classes) return Array.from({ length: count }, (_, i) => i);
  if (present && count === present.length + 1) return [0, ...present];
  if (present && count === present.length) return present;
  throw refuse(
    `it has ${count} maps without classes` +
      (present ? `, but the image has ${present.length} classes` : ""),
  );
}

function tensorOf(value: unknown): Entry | undefined {
  if (value instanceof NumpyArray) return value.entry;
  return value instanceof TorchTensor ? value.entry() : undefined;
}

/** The planes H,W of a tensor C,H,W. */
function planeList(maps: Entry, refuse: Refuse): Entry[] {
  const { shape } = maps;
  if (shape.length !== 3 || shape[0] > 256) {
    throw refuse(`its array has the shape ${shown(shape)}, not C,H,W`);
  }
  const [count, height, width] = shape;
  const data = float32(maps);
  return Array.from(
    { length: count },
    (_, c) => entry([height, width], data.slice(c * height * width, (c + 1) * height * width)),
  );
}

/** `values` has the scores of planes that were met before: a file may give one to several classes. */
function mapOf(
  plane: Entry,
  index: number,
  values: Map<Entry, Float32Array<ArrayBuffer>>,
  refuse: Refuse,
): ScoreMap {
  if (plane.shape.length !== 2 || elements(plane.shape) === 0) {
    throw refuse(`class ${index} has the shape ${shown(plane.shape)}, not H,W`);
  }
  const [height, width] = plane.shape;
  const data = values.get(plane) ?? float32(plane);
  values.set(plane, data);
  if (!data.every(Number.isFinite)) throw refuse(`class ${index} has scores that are not finite`);
  return { width, height, data };
}
