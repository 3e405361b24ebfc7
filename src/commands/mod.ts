import { cam } from "./cam.ts";
import { trainClassifier } from "./train_classifier.ts";
import type { Command } from "../options/command.ts";
import type { CommandGroup } from "../options/help.ts";
import { trainAffinity } from "./train_affinity.ts";
import { walk } from "./walk.ts";
import { trainDynamic } from "./train_dynamic.ts";
import { ladder } from "./ladder.ts";
import { refine } from "./refine.ts";
import { segment } from "./segment.ts";
import { trainSegmenter } from "./train_segmenter.ts";
import { trainStatic } from "./train_static.ts";
import { compare } from "./compare/compare.ts";
import { crf } from "./crf.ts";
import { demo } from "./demo.ts";
import { evaluateCommand } from "./evaluate.ts";
import { seeds } from "./seeds.ts";
import { synth } from "./synth.ts";

/** Every command of the command line by its purpose, in the order of the method and of the help. */
export const commandGroups: readonly CommandGroup[] = [
  { title: "Trying it out", commands: [demo, synth] },
  {
    title: "From image labels to seed masks",
    commands: [seeds, trainClassifier, cam, trainAffinity, walk],
  },
  { title: "Refining masks", commands: [crf, trainStatic, refine] },
  { title: "Segmentation networks", commands: [trainDynamic, trainSegmenter, segment] },
  { title: "Measuring", commands: [evaluateCommand, ladder, compare] },
];

/** Every command, in the same order. */
export const commands: readonly Command[] = commandGroups.flatMap((group) => group.commands);
