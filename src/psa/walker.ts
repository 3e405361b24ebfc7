import type { Image } from "../data/images/image.ts";
import type { ScoreStack } from "../data/scores/score_stack.ts";
import type { Grid, GridRule } from "./grid.ts";

/** How scores walk. */
export interface WalkOptions {
  /** The power of the affinities. */
  readonly beta: number;
  /** The walk has 2^logSteps steps. */
  readonly logSteps: number;
  /** Cells less than this distance apart exchange scores. */
  readonly radius: number;
  /** The score of the background, of walks that it takes no part in. */
  readonly background: number;
}

/** What lets the scores of photographs walk; disposing of it gives its memory back. */
export interface Walker extends GridRule, Disposable {
  /** The scores of a photograph's classes, classes x height x width of its grid, after the random walk. */
  walk(
    image: Image,
    stack: ScoreStack,
    grid: Grid,
    options: WalkOptions,
  ): Promise<Float32Array<ArrayBuffer>>;
}
