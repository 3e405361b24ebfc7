/** A command that is killed, of works that need those before them. */
export interface Work {
  /** What it is called. */
  readonly name: string;
  /** Its command line, run in a folder beside the set; the same one finishes what was killed. */
  readonly line: string;
  /** Files and folders that it makes, removed before it is begun anew. */
  readonly outputs: readonly string[];
  /** Command line of what is there before it begins; nothing by default. */
  readonly before?: string;
}

/** The folder of the photographs, seen from where the works are run. */
export const set = "../set";

/** Makes the set, with scores. */
export const setLine =
  `synth --out ${set} --train 8 --val 2 --image-width 32 --image-height 24 --class-count 2 --seed 3`;

const network = "--width 4 --depth 1";
const training = `--data ${set} ${network} --image-size 32 --batch 2 --epochs 1.5 ` +
  "--log-every 1 --save-every 2";
const validated = `${training} --validation val --validate-every 0.5`;
const masks = `--predictor-width 4 --crf-iterations 2`;
const affinity = "--most-channels 8 --radius 3 --crf-iterations 2";

/** Every command that writes more than a file, each with options as small as they go. */
export const works: readonly Work[] = [
  { name: "synth", line: "synth --out made --train 6 --val 2 --class-count 2", outputs: ["made"] },
  {
    name: "crf",
    line: `crf --images ${set}/JPEGImages --masks ${set}/SegmentationClass --out crf --compare`,
    outputs: ["crf"],
  },
  {
    name: "evaluate",
    line: `evaluate --data ${set} --predictions ${set}/SegmentationClass --out figures/e.json`,
    outputs: ["figures"],
  },
  {
    name: "train classifier",
    line: `train classifier ${validated} --out classifier --resume`,
    outputs: ["classifier"],
  },
  {
    name: "cam",
    line: "cam --run classifier --out cam --scales 1 --previews heat --quick-masks quick --sweep",
    outputs: ["cam", "heat", "quick"],
  },
  {
    name: "train affinity",
    line: `train affinity ${validated} ${affinity} --scores cam --out affinity --resume`,
    outputs: ["affinity"],
  },
  {
    name: "walk",
    line: "walk --run affinity --scores cam --out walk --log-steps 3 --crf-iterations 2",
    outputs: ["walk"],
  },
  {
    name: "seeds",
    line: `seeds --data ${set} ${network} --out seeds --crf-iterations 2 --classifier.epochs 1 ` +
      "--classifier.image-size 32 --cam.scales 1 --affinity.epochs 1 --affinity.image-size 32 " +
      "--affinity.most-channels 8 --affinity.radius 3 --walk.log-steps 3",
    outputs: ["seeds"],
  },
  {
    name: "train static",
    line: `train static ${validated} ${masks} --scores cam --out static --resume`,
    outputs: ["static"],
  },
  {
    name: "train static --overwrite",
    line: `train static ${training} ${masks} --scores cam --out again --overwrite`,
    outputs: ["again"],
    before: `train static ${training} ${masks} --scores cam --out again --seed 2`,
  },
  {
    name: "refine",
    line: "refine --run static --out refined",
    outputs: ["refined", "static/changes"],
  },
  { name: "ladder", line: "ladder --run static", outputs: ["static/ladder.json"] },
  {
    name: "train dynamic",
    line: `train dynamic ${validated} ${masks} --seed-masks refined --start static ` +
      "--out dynamic --resume",
    outputs: ["dynamic"],
  },
  {
    name: "train segmenter",
    line: `train segmenter ${validated} --masks refined --out segmenter --resume`,
    outputs: ["segmenter"],
  },
  {
    name: "segment",
    line: `segment --run dynamic --data ${set} --out segmented --probabilities soft --crf ` +
      "--crf-iterations 2 --sheet sheets/first.png",
    outputs: ["segmented", "soft", "sheets"],
  },
  {
    name: "compare",
    line: `compare --data ${set} --out compare ${network} --image-size 32 --batch 2 --epochs 1 ` +
      `${masks} --scores cam --methods static,knowledge --seeds 1 --resamples 10 --ladder`,
    outputs: ["compare"],
  },
  {
    name: "compare, once with other options",
    line: `compare --data ${set} --out other ${network} --image-size 32 --batch 2 --epochs 1 ` +
      `${masks} --scores cam --methods static --seeds 1 --resamples 10`,
    outputs: ["other"],
    before: `compare --data ${set} --out other ${network} --image-size 32 --batch 4 --epochs 1 ` +
      `${masks} --scores cam --methods static --seeds 1 --resamples 10`,
  },
];
