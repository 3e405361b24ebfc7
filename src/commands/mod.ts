import { cam } from "./cam.ts";
import { trainClassifier } from "./train_classifier.ts";
import type { Command } from "../options/command.ts";
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
import { study } from "./study.ts";
import { synth } from "./synth.ts";

/** Every command of the command line, in the order of the method and of the help. */
export const commands: readonly Command[] = [
  demo,
  synth,
  trainClassifier,
  cam,
  trainAffinity,
  walk,
  seeds,
  crf,
  trainStatic,
  refine,
  trainDynamic,
  trainSegmenter,
  segment,
  ladder,
  compare,
  study,
  evaluateCommand,
];
