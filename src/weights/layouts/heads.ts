import type { TensorFile } from "../entry.ts";

/** What a file holds besides an encoder: parts that read its maps, as PSA, IRN and SSDD name them. */
export interface Heads {
  /** PSA's affinity network: the widths of f8_3, f8_4 and f8_5. */
  readonly affinity?: readonly number[];
  /** IRN's class boundaries: the channels to which fc_edge1 reduces a map. */
  readonly boundaries?: number;
  /** SSDD's main segmentation head: its classes, background included. */
  readonly main?: number;
  /** What it is called: `seg` in the network without others that is published for validation. */
  readonly mainName?: "seg_main" | "seg";
  /** SSDD's other segmentation head. */
  readonly sub?: number;
  /** SSDD's change predictors, of the first and the second module. */
  readonly changes: readonly [ChangeHead | undefined, ChangeHead | undefined];
}

/** The sizes of a change predictor. */
export interface ChangeHead {
  /** Channels inside. */
  readonly width: number;
  /** Classes, background included. */
  readonly classes: number;
}

/** The heads in a file, by the names of their tensors, whatever stands before them. */
export function headsOf({ tensors }: Pick<TensorFile, "tensors">): Heads {
  const names = [...tensors.keys()];
  const shapeOf = (layer: string): readonly number[] => {
    const own = `${layer}.weight`;
    const name = names.find((name) => name === own || name.endsWith(`.${own}`));
    return name === undefined ? [] : tensors.get(name)!.shape;
  };
  const affinity = ["f9", "f8_3", "f8_4", "f8_5"].map((layer) => shapeOf(layer)[0]);
  const change = (i: number): ChangeHead | undefined => {
    const [width] = shapeOf(`dd_head${i}.conv1ab.conv1`);
    const [, classes] = shapeOf(`dd${i}.conv1c.conv1`);
    return width === undefined || classes === undefined ? undefined : { width, classes };
  };
  const mainName = (["seg_main", "seg"] as const).find((head) =>
    shapeOf(`${head}.seg2`).length > 0
  );
  return {
    affinity: affinity.includes(undefined as never) ? undefined : affinity.slice(1),
    boundaries: shapeOf("fc_edge6").length > 0 ? shapeOf("fc_edge1.0")[0] : undefined,
    main: shapeOf(`${mainName}.seg2`)[0],
    mainName,
    sub: shapeOf("seg_sub.seg2")[0],
    changes: [change(0), change(1)],
  };
}
