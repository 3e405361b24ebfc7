import { cam } from "./cam/cam.ts";
import { trainClassifier } from "./cam/train_classifier.ts";
import type { Stage } from "./pipeline/stage.ts";
import { trainAffinity } from "./psa/train_affinity.ts";
import { walk } from "./psa/walk.ts";
import { trainDynamic } from "./scpp/dynamic.ts";
import { ladder } from "./scpp/ladder.ts";
import { refine } from "./scpp/refine.ts";
import { segment } from "./scpp/segment.ts";
import { trainSegmenter } from "./scpp/segmenter.ts";
import { trainStatic } from "./scpp/static.ts";
import { compare } from "./stages/compare.ts";
import { crf } from "./stages/crf.ts";
import { demo } from "./stages/demo.ts";
import { evaluateStage } from "./stages/evaluate.ts";
import { seeds } from "./stages/seeds.ts";
import { study } from "./stages/study.ts";
import { synth } from "./stages/synth.ts";

/** Every stage of the command line, in the order of the method and of the help. */
export const stages: readonly Stage[] = [
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
  evaluateStage,
];
