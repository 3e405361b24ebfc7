/** Figures of one ablation, 0..1. */
export interface LadderRow {
  /** Its name, such as "no flags 0.1/0.1". */
  readonly name: string;
  /** Mean IoU over the classes in truth or masks. */
  readonly meanIou: number;
  /** Mean IoU over the chosen classes; all that are present where none were. */
  readonly meanIouOver: number;
  /** Right pixels over all. */
  readonly pixelAccuracy: number;
  /** IoU of each class. */
  readonly iou: readonly number[];
}

/** The figures of a run's masks, measured against the true masks. */
export interface Ladder {
  /** Photographs that were compared. */
  readonly images: number;
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** The ablations, in the order of `ablationsOf`. */
  readonly rows: readonly LadderRow[];
  /** Share of all pixels where the knowledge and any advice differ. */
  readonly differing: number;
  /** Where they differ and one is right: how often the method is, and the best adviser. */
  readonly choice: { readonly method: number; readonly advice: number };
  /** (method - better input) / (oracle - better input), in mean IoU over the chosen classes. */
  readonly gapClosed: number;
  /** Mean IoU of knowledge, first advice and method by kind of failure, where the set names kinds. */
  readonly kinds: Readonly<Record<string, readonly [number, number, number]>>;
}
