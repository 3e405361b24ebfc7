import { MOST_CLASSES, vocClasses } from "../data/labels/classes.ts";
import { type EncoderFile, encoderShape } from "../weights/encoder_file.ts";
import { shown } from "../files/shown.ts";
import type { Heads } from "../weights/layouts/heads.ts";
import { faultOf } from "../weights/layouts/shapes.ts";
import { variants } from "../weights/layouts/variant.ts";

/** What an encoder's file is, and how it can be used, a fact a line. */
export function weightsLines(weights: string, file: EncoderFile): string[] {
  const { layout, variant, unsaid, prefix, others, classifier, heads, leftOut } = file;
  const { network, widthDivisor, dilate } = encoderShape(file);
  const { padding, normalisation: { mean, deviation } } = variants[variant ?? "torchvision"];
  const options = [
    ...["--network", network, "--weights", weights],
    ...(dilate ? [] : ["--no-dilate"]),
    ...(widthDivisor > 1 ? ["--width-divisor", widthDivisor] : []),
  ].join(" ");
  const scores = classifier?.weight.shape[0];
  const fault = faultOf(network, file.tensors);
  const uses = fault ? [`none: ${fault}`] : [
    `seeds and train: ${options}`,
    ...(scores === undefined || scores >= MOST_CLASSES ? [] : [`cam: --weights ${weights}`]),
    ...(heads.affinity || heads.boundaries ? [`walk: --weights ${weights}`] : []),
    ...(heads.main === undefined ? [] : [`segment: --weights ${weights}`]),
  ];
  return [
    line(
      "network",
      network + (variant === undefined ? "" : `, variant ${variant}`) +
        (unsaid ? ", as no note says another (--variant)" : "") +
        (widthDivisor > 1 ? `, all widths divided by ${widthDivisor}` : ""),
    ),
    line("layout", `${layout.name}'s names` + (prefix === "" ? "" : ` after "${prefix}"`)),
    ...others.map((other) =>
      line("", `another encoder's after "${shown(other)}": --prefix ${other}`)
    ),
    line("classes", scores === undefined ? "none: it has no class scores" : scoresOf(scores)),
    ...headLines(heads),
    line(
      "padding",
      padding === "both" ? "on all sides" : "strided layers at bottom and right alone",
    ),
    line(
      "images",
      mean[0] === 0.5
        ? "RGB / 127.5 - 1"
        : `RGB / 255, minus ${mean.join(", ")}, divided by ${deviation.join(", ")}`,
    ),
    ...uses.map((use, i) => line(i === 0 ? "use" : "", use)),
    ...Object.entries(leftOut).map(([name, object], i) =>
      line(i === 0 ? "not read" : "", `${shown(name)}: an object of ${object}`)
    ),
  ];
}

/** The same of SSDD's change predictors. */
export function changeLines(weights: string, changes: Heads["changes"]): string[] {
  const found = changes.flatMap((change, i) => change ? [{ ...change, i }] : []);
  if (found.length === 0) return [];
  return [
    ...found.map(({ i, width, classes }) =>
      line(
        "changes",
        `dd_head${i} and dd${i}: the ${i === 0 ? "first" : "second"} change predictor, ` +
          `${width} channels, ${segmented(classes)}`,
      )
    ),
    line("", `refine: --weights SEGMENTATION --predictor ${weights}`),
  ];
}

/** What a file holds that is no part of an encoder, in words. */
export function headNames({ affinity, boundaries, main, mainName, sub, changes }: Heads): string[] {
  return [
    ...(affinity ? ["the affinity network (f8_3, f8_4, f8_5, f9)"] : []),
    ...(boundaries ? ["the branch of IRN's class boundaries (fc_edge1 to fc_edge6)"] : []),
    ...(main === undefined ? [] : [`the head ${mainName}`]),
    ...(sub === undefined ? [] : ["the head seg_sub"]),
    ...changes.flatMap((change, i) => change ? [`the change predictor dd_head${i}`] : []),
  ];
}

function headLines({ affinity, boundaries, main, mainName, sub }: Heads): string[] {
  return [
    ...(affinity
      ? [line("affinity", `f8_3, f8_4, f8_5 of ${affinity.join(", ")} channels, f9`)]
      : []),
    ...(boundaries
      ? [line("boundaries", `IRN's, fc_edge1 to fc_edge6 of ${boundaries} channels a map`)]
      : []),
    ...(main === undefined ? [] : [line("head", `${mainName}, ${segmented(main)}`)]),
    ...(sub === undefined ? [] : [line("head", `seg_sub, ${segmented(sub)}`)]),
  ];
}

/** Sets of photographs by their number of classes; TensorFlow's programs count a background of ImageNet. */
const SETS: Readonly<Record<number, string>> = {
  [vocClasses.length - 1]: "PASCAL VOC has",
  1000: "ImageNet has",
  1001: "ImageNet has with a background",
};
const scoresOf = (count: number) =>
  SETS[count] === undefined ? `${count}` : `${count}, as many as ${SETS[count]}`;
const segmented = (count: number) =>
  `${count} classes with the background` + (count === vocClasses.length ? " (PASCAL VOC)" : "");
const line = (name: string, text: string) => `${name.padEnd(10)} ${text}`;
