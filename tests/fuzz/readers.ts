import { join } from "@std/path";
import { decodeImage } from "../../src/data/images/image.ts";
import { readImageSize } from "../../src/data/images/image_size.ts";
import { readClasses } from "../../src/data/labels/classes.ts";
import { readClassTable } from "../../src/data/formats/class_table.ts";
import { cocoSet } from "../../src/data/formats/coco.ts";
import { valueMask } from "../../src/data/formats/colour_mask.ts";
import { cvatSet } from "../../src/data/formats/cvat.ts";
import { zipTree } from "../../src/data/formats/file_tree.ts";
import { type ForeignSet, within } from "../../src/data/formats/foreign_set.ts";
import { labelmeSet } from "../../src/data/formats/labelme.ts";
import { labelStudioSet } from "../../src/data/formats/label_studio.ts";
import { yoloSet } from "../../src/data/formats/yolo.ts";
import { readLabels } from "../../src/data/labels/labels.ts";
import { decodeMask } from "../../src/data/masks/mask.ts";
import { readCam } from "../../src/data/scores/cam.ts";
import { readList } from "../../src/data/sets/list.ts";
import { openVoc } from "../../src/data/sets/voc.ts";
import { parseJson, readJson } from "../../src/files/json.ts";
import { noteOptions } from "../../src/files/made_with.ts";
import { mainOf } from "../../src/segmentation/model_file.ts";
import { best, latest, readRun } from "../../src/training/run.ts";
import { parseNpy } from "../../src/weights/npy.ts";
import { parseNpz } from "../../src/weights/npz.ts";
import { readPickle } from "../../src/weights/pickle.ts";
import { parsePth } from "../../src/weights/pth.ts";
import { readWeights } from "../../src/weights/read_weights.ts";
import { parseSafetensors } from "../../src/weights/safetensors.ts";
import { pickledNames } from "../../src/weights/torch_pickle.ts";
import { encodeImage } from "../../src/data/images/image.ts";

/** Reads bytes as a user's file of some kind would be read; throws, or rejects with, what the reader does. */
export type Reader = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/** Readers of every kind of file, over a folder of their own that is removed at the end. */
export class Readers implements AsyncDisposable {
  readonly #root: string;
  /** By the kind of file. */
  readonly byKind: ReadonlyMap<string, Reader>;

  private constructor(root: string) {
    this.#root = root;
    this.byKind = new Map(Object.entries(this.#all()));
  }

  /** Makes the folder, with a set of three photographs, and a run. */
  static async open(): Promise<Readers> {
    const root = await Deno.makeTempDir();
    const pixel = encodeImage({ width: 2, height: 1, data: new Uint8Array(6) });
    for (const name of ["set/JPEGImages", "set/Annotations", "own", "run/checkpoints"]) {
      await Deno.mkdir(join(root, name), { recursive: true });
    }
    for (const id of ["a", "b", "c"]) {
      await Deno.writeFile(join(root, "set/JPEGImages", `${id}.png`), pixel);
      await Deno.writeFile(join(root, "own", `${id}.png`), pixel);
    }
    await Deno.writeTextFile(join(root, "run/config.json"), "{}");
    await Deno.writeTextFile(join(root, "run/checkpoints/step-00000002.safetensors"), "");
    return new Readers(root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#root, { recursive: true });
  }

  #all(): Record<string, Reader> {
    const asLabels = (name: string) => this.#file(`own/${name}`, () => this.#labels("own"));
    return {
      image: (bytes) => decodeImage(bytes, "x"),
      size: this.#file("x.jpg", readImageSize),
      mask: (bytes) => decodeMask(bytes, "x.png"),
      "mask of 21": (bytes) => decodeMask(bytes, "x.png", { classes: 21 }),
      "labels.csv": asLabels("labels.csv"),
      "labels.txt": asLabels("labels.txt"),
      "labels.json": asLabels("labels.json"),
      "labels.jsonl": asLabels("labels.jsonl"),
      "known labels": this.#file("own/labels.csv", () => this.#labels("own", ["cat", "sea lion"])),
      "cls_labels.npy": asLabels("cls_labels.npy"),
      "flags": this.#file("own/x_labels.txt", async () => {
        await Deno.writeTextFile(join(this.#root, "own/x_id.txt"), "a\nb\nc\n");
        return await this.#labels("own", ["cat", "dog"], join(this.#root, "own/x_labels.txt"));
      }),
      "annotation.xml": this.#file("set/Annotations/a.xml", async () => {
        for (const id of ["b", "c"]) {
          const path = join(this.#root, "set/Annotations", `${id}.xml`);
          await Deno.writeTextFile(path, "<annotation/>");
        }
        return await this.#labels("set", undefined, join(this.#root, "set/Annotations"));
      }),
      "classes.txt": this.#file("classes.txt", readClasses),
      "list.txt": this.#file("list.txt", async (path) => {
        await readList(path);
        return await openVoc(join(this.#root, "set"), { list: path, classes: ["cat"] });
      }),
      coco: this.#foreign((text) =>
        cocoSet(within("x.json", "its text", () => parseJson(text)), "x.json")
      ),
      "label studio": this.#foreign((text) =>
        labelStudioSet(within("x.json", "its text", () => parseJson(text)), "x.json")
      ),
      labelme: this.#foreign((_, bytes) => labelmeSet(new Map([["a.json", () => bytes]]), "x")),
      yolo: this.#foreign((text, bytes) => {
        const names = new TextEncoder().encode("names: [cat, dog]");
        const [yaml, labels] = text.startsWith("names") ? [bytes, names] : [names, bytes];
        return yoloSet(new Map([["data.yaml", () => yaml], ["labels/a.txt", () => labels]]), "x");
      }),
      cvat: this.#foreign((_, bytes) => cvatSet(zipTree(bytes, "x.zip"), "x.zip")),
      "labelmap.txt": (bytes) =>
        readClassTable(new TextDecoder().decode(bytes), "x.txt", "colours"),
      "table.csv": (bytes) => readClassTable(new TextDecoder().decode(bytes), "x.csv", "values"),
      "mask of values": (bytes) => valueMask(bytes, "x.png", (value) => value % 255),
      scores: this.#file("x.npy", (path) => readCam(path, { classes: 21, labels: [8, 12] })),
      npy: (bytes) => parseNpy(bytes, "x.npy"),
      npz: (bytes) => parseNpz(bytes, "x.npz"),
      pickle: (bytes) => readPickle(bytes, "x", { allowed: pickledNames }),
      pth: (bytes) => parsePth(bytes, "x.pth"),
      safetensors: (bytes) => parseSafetensors(bytes, "x.safetensors"),
      weights: this.#file("x.weights", readWeights),
      json: this.#file("x.json", (path) => readJson(path)),
      "options.json": this.#file("own/options.json", () => {
        return noteOptions(join(this.#root, "own"), { beta: 8, scales: [1, 2] });
      }),
      "config.json": this.#file("run/config.json", () => readRun(join(this.#root, "run"))),
      "latest.json": this.#file("run/latest.json", () => latest(join(this.#root, "run"))),
      "best.json": this.#file("run/best.json", () => best(join(this.#root, "run"))),
      "model.json": this.#file("run/model.json", () => mainOf(join(this.#root, "run"))),
    };
  }

  /** A reader of the file `name`, which is there for that alone. */
  #file(name: string, read: (path: string) => Promise<unknown>): Reader {
    return async (bytes) => {
      const path = join(this.#root, name);
      await Deno.writeFile(path, bytes);
      try {
        return await read(path);
      } finally {
        if (name !== "run/config.json") await Deno.remove(path);
        else await Deno.writeTextFile(path, "{}");
      }
    };
  }

  /** A reader of a set of another program, and of all its masks. */
  #foreign(
    open: (text: string, bytes: Uint8Array<ArrayBuffer>) => ForeignSet | Promise<ForeignSet>,
  ): Reader {
    return async (bytes) => {
      const { masks } = await open(new TextDecoder().decode(bytes), bytes);
      for (const mask of masks) await mask.read(() => Promise.resolve({ width: 4, height: 3 }));
    };
  }

  async #labels(folder: string, classes?: readonly string[], labels?: string): Promise<unknown> {
    const voc = await openVoc(join(this.#root, folder), { classes, labels });
    return await readLabels(voc);
  }
}
