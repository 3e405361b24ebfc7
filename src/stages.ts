import type { Stage } from "./pipeline/stage.ts";

/** Every stage of the command line, in the order of the method and of the help. */
export const stages: readonly Stage[] = [];
