/// <reference lib="dom" />
// The page on which one tries henka: a photograph and a rough mask in, a better mask out.
import { DenseCrf, unaryFromLabels } from "../../crf/mod.ts";
import type { Image } from "../../data/images/image.ts";
import { resizeMask } from "../../data/images/resize.ts";
import { encodeMask, type Mask } from "../../data/masks/mask.ts";
import { Random } from "../../data/random.ts";
import { scene } from "../../data/synth/scene.ts";
import { Device, DeviceError } from "../../gpu/mod.ts";
import {
  classButtons,
  crfOptions,
  element,
  onDrop,
  onFiles,
  showValues,
  value,
} from "./controls.ts";
import { Latest } from "./latest.ts";
import { openRun, type RunNetworks } from "./networks.ts";
import { limited, readPhotograph, readRough } from "./read_files.ts";
import { Scribble } from "./scribble.ts";
import { colourOf, draw } from "./view.ts";

const canvas = element<HTMLCanvasElement>("view");
const what = element<HTMLSelectElement>("what");
const download = element<HTMLAnchorElement>("download");
const latest = new Latest();

let device: Promise<Device> | undefined;
/** The photograph as it was given, and as it is worked on. */
let given: Image | undefined;
let photograph: Image | undefined;
let result: Mask | undefined;
let run: RunNetworks | undefined;
let names = ["background", "object 1"];
let label = 1;
/** Whether a stroke is being drawn: it is shown, and not what was computed before it. */
let drawing = false;

const scribble = new Scribble(
  canvas,
  () => ({ label, size: value("brush") }),
  (ended) => {
    drawing = !ended;
    if (ended) compute();
    else show();
  },
);

function say(text: string): void {
  element("status").textContent = text;
}

/** Shows what went wrong; nothing that was there is lost. */
function fail(error: unknown): void {
  if (error instanceof DeviceError) device = undefined; // the next work opens it again
  const problem = element("problem");
  problem.textContent = error instanceof Error ? error.message : String(error);
  problem.hidden = false;
}

/** Does something that may fail. */
async function attempt(work: () => Promise<void>): Promise<void> {
  element("problem").hidden = true;
  await work().catch(fail);
}

function openDevice(): Promise<Device> {
  return device ??= Device.open();
}

function show(): void {
  showValues();
  if (photograph === undefined) return;
  draw(canvas, {
    photograph,
    before: scribble.mask,
    after: result,
    wipe: drawing ? 1 : value("wipe") / 100,
    opacity: value("opacity") / 100,
  });
}

function showClasses(): void {
  classButtons(names, label, colourOf, (chosen) => {
    if (chosen === names.length) names.push(`object ${chosen}`);
    label = chosen;
    showClasses();
  });
}

/** Works on another photograph, of which no mask is known. */
function takePhotograph(image: Image): void {
  given = image;
  photograph = limited(image, value("side"));
  result = undefined;
  const { width, height } = photograph;
  scribble.set({ width, height, data: new Uint8Array(width * height).fill(255) });
  element("work").hidden = false;
  say("Scribble on the object, then choose the background and scribble on it; or give a mask.");
  finished();
}

function takeRough(mask: Mask): void {
  scribble.set(mask);
  const most = mask.data.reduce((top, c) => c === 255 ? top : Math.max(top, c), 1);
  while (names.length <= most) names.push(`object ${names.length}`);
  showClasses();
  compute();
}

/** Computes the mask that is asked for, when what is being computed is done. */
function compute(): void {
  show();
  latest.run(() => attempt(computeNow));
}

async function computeNow(): Promise<void> {
  const image = photograph;
  if (image === undefined) return;
  const labels = new Set(scribble.mask.data);
  labels.delete(255);
  if (what.value !== "segmented" && labels.size < 2) {
    if (labels.size === 1) say("Now choose another class, such as the background, and scribble.");
    return;
  }
  say("Computing ...");
  const gpu = await openDevice();
  const start = performance.now();
  const mask = await maskOf(gpu, image, scribble.mask);
  if (image !== photograph) return; // another was given meanwhile
  result = mask;
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  say(`${image.width} x ${image.height} pixels in ${seconds} s on ${gpu.description}.`);
  finished();
}

async function maskOf(gpu: Device, image: Image, rough: Mask): Promise<Mask> {
  if (what.value === "segmented" && run) return await run.segmenter.segment(image);
  using crf = new DenseCrf(gpu, crfOptions());
  const unary = unaryFromLabels(rough.data, names.length, { certainty: value("certainty") });
  const smooth: Mask = { ...rough, data: await crf.labels(image, unary) };
  if (what.value !== "refined" || !run?.refiner) return smooth;
  return (await run.refiner.refine(image, rough, smooth)).mask;
}

/** Offers the result, at the size of the photograph that was given. */
function finished(): void {
  for (const one of [element("use"), download]) one.hidden = result === undefined;
  if (download.href) URL.revokeObjectURL(download.href);
  if (result !== undefined) {
    const whole = resizeMask(result, given!.width, given!.height);
    download.href = URL.createObjectURL(new Blob([encodeMask(whole)], { type: "image/png" }));
  }
  show();
}

async function takeRun(files: readonly File[]): Promise<void> {
  say("Loading the run ...");
  const opened = await openRun(await openDevice(), files);
  run?.[Symbol.dispose]();
  run = opened;
  names = [...opened.segmenter.classes];
  label = Math.min(label, names.length - 1);
  showClasses();
  for (const option of what.options) {
    option.disabled = option.value === "refined" && opened.refiner === undefined;
  }
  const can = opened.refiner ? "segment photographs and refine masks" : "segment photographs";
  say(`The run knows ${names.length} classes and can ${can}: choose below what is shown.`);
  what.value = "segmented";
  compute();
}

/** Files of any kind, by their names: a run's, a mask, a photograph. */
async function takeFiles(files: readonly File[]): Promise<void> {
  const runs = files.filter(({ name }) => /\.(json|jsonl|safetensors|pth|lock)$/.test(name));
  const pictures = files.filter((file) => !runs.includes(file));
  const isMask = ({ name }: File) => /\.png$/i.test(name) && (pictures.length > 1 || given);
  const [rough] = pictures.filter(isMask);
  const [photo] = pictures.filter((file) => file !== rough);
  if (photo) takePhotograph(await readPhotograph(photo));
  if (rough) await takeRoughFile(rough);
  if (runs.length > 0) await takeRun(runs);
}

async function takeRoughFile(file: File): Promise<void> {
  if (photograph === undefined) throw new Error("Give the photograph first, then its mask.");
  const { mask, remark } = await readRough(file, photograph);
  takeRough(mask);
  if (remark) say(remark);
}

onFiles("photograph", ([file]) => attempt(async () => takePhotograph(await readPhotograph(file))));
onFiles("rough", ([file]) => attempt(() => takeRoughFile(file)));
onFiles("run", (files) => attempt(() => takeRun(files)));
onDrop((files) => attempt(() => takeFiles(files)));
element("example").addEventListener("click", () => {
  const plain = { camouflage: 0, twoToned: 0, clutter: 1 };
  const { image, truth } = scene(new Random(5), { width: 320, height: 240, classes: 2, ...plain });
  takePhotograph(image);
  takeRough(resizeMask(resizeMask(truth, 16, 12), image.width, image.height)); // in coarse blocks
});
element("undo").addEventListener("click", () => (scribble.undo(), compute()));
element("clear").addEventListener("click", () => {
  scribble.clear();
  result = undefined;
  finished();
});
element("use").addEventListener("click", () => {
  if (result) takeRough(result);
});
element("controls").addEventListener("input", ({ target }) => {
  const { id } = target as HTMLElement;
  if (id === "side" && given) {
    photograph = limited(given, value("side"));
    scribble.set(resizeMask(scribble.mask, photograph.width, photograph.height));
    result = undefined;
    finished();
  }
  if (id === "opacity" || id === "brush") show();
  else compute();
});
element("controls").addEventListener("reset", () => setTimeout(compute));
element("wipe").addEventListener("input", show);

showClasses();
showValues();
attempt(async () => {
  await openDevice();
});
navigator.serviceWorker?.register("service_worker.js").catch(() => {}); // it works without, on-line
