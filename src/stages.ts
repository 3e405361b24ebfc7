import type { Stage } from "./pipeline/stage.ts";
import { refine } from "./scpp/refine.ts";
import { trainStatic } from "./scpp/static.ts";
import { crf } from "./stages/crf.ts";
import { synth } from "./stages/synth.ts";

/** Every stage of the command line, in the order of the method and of the help. */
export const stages: readonly Stage[] = [crf, synth, trainStatic, refine];
