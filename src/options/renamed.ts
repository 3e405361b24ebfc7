import { flagOf } from "./schema.ts";

type Renamed = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What options were called once: by command, the old key and the key of today. */
export const renamed: Renamed = {
  demo: { images: "photographs" },
  synth: { width: "imageWidth", height: "imageHeight", classes: "classCount" },
  cam: { stride: "mapStride", masks: "quickMasks" },
  "train affinity": {
    stride: "gridStride",
    lowAlpha: "lowBackgroundPower",
    highAlpha: "highBackgroundPower",
  },
  walk: { stride: "mapStride", alpha: "backgroundPower" },
  seeds: {
    "cam.stride": "cam.mapStride",
    "affinity.stride": "affinity.gridStride",
    "affinity.lowAlpha": "affinity.lowBackgroundPower",
    "affinity.highAlpha": "affinity.highBackgroundPower",
    "walk.stride": "walk.mapStride",
    "walk.alpha": "walk.backgroundPower",
  },
  crf: {
    width: "crfWidth",
    colourWidth: "crfColourWidth",
    smoothWidth: "crfSmoothWidth",
    weight: "crfWeight",
    smoothWeight: "crfSmoothWeight",
    iterations: "crfIterations",
  },
  compare: {
    "synth.width": "synth.imageWidth",
    "synth.height": "synth.imageHeight",
    "synth.classes": "synth.classCount",
  },
};

/**
 * The key of today of an option that had another name once; undefined where it had none.
 *
 * @param option the old key, "stride" or "cam.stride", or the flag without its dashes
 */
export function nameOfToday(command: string, option: string): string | undefined {
  const flag = (key: string) => flagOf(key.split("."));
  return Object.entries(renamed[command] ?? {}).find(([old]) => flag(old) === flag(option))?.[1];
}

/** Options that a command saved once, under their keys of today. */
export function withNamesOfToday(
  command: string,
  saved: object,
): Record<string, unknown> {
  const names = renamed[command] ?? {};
  return Object.fromEntries(
    Object.entries(saved).map(([key, value]) => [names[key] ?? key, value]),
  );
}

/** What to call instead of commands that are no more, and what with. */
const replaced: Readonly<Record<string, readonly [call: string, options: string]>> = {
  "weights show": ["weights", "the file behind it"],
  "weights convert": ["weights", "the file behind it and --to"],
  study: [
    "compare --config docs/compare-background.json",
    "--data, --scores and --weights as before",
  ],
};

/** What does today what a command did that is no more, by a line that begins with its name. */
export function callOfToday(
  line: string,
): readonly [call: string, options: string] | undefined {
  return Object.entries(replaced).find(([old]) => `${line} `.startsWith(`${old} `))?.[1];
}
