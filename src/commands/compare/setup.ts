import type { Command, Context } from "../../options/command.ts";
import { synthTraining } from "../synth_training.ts";
import { type CompareConfig, sharedOf } from "./config.ts";
import type { Options } from "./command_config.ts";

/** The commands that a comparison runs. */
export interface Steps {
  /** Makes a synthetic set. */
  readonly synth: Command;
  /** Trains a classifier, whose encoder others may begin with. */
  readonly trainClassifier: Command;
  /** Trains the change predictor. */
  readonly trainStatic: Command;
  /** Writes refined masks. */
  readonly refine: Command;
  /** Measures the ablations of a refinement. */
  readonly ladder: Command;
  /** Trains a network on masks. */
  readonly trainSegmenter: Command;
  /** Trains a network while its masks are repaired. */
  readonly trainDynamic: Command;
  /** Writes what a network makes of photographs. */
  readonly segment: Command;
}

/** What all parts of a comparison work with. */
export interface Setup {
  /** The configuration; of one variant, where there are several. */
  readonly config: CompareConfig;
  /** The name of the variant. */
  readonly variant?: string;
  /** The commands. */
  readonly steps: Steps;
  /** The options that are offered to every training. */
  readonly offered: Options;
  /** Where progress and lines are shown. */
  readonly context: Context;
  /** The same without lines, for the commands that are run. */
  readonly quiet: Context;
}

/** What the parts of a comparison, or of one variant of it, work with. */
export function setupOf(
  config: CompareConfig,
  steps: Steps,
  context: Context,
  variant?: string,
): Setup {
  const offered = { ...(config.data ? {} : synthTraining), ...sharedOf(config) };
  return {
    config,
    variant,
    steps,
    offered,
    context,
    quiet: { ...context, log() {}, result: undefined },
  };
}
