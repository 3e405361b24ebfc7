/** The encoders whose weights are published. */
export type EncoderName =
  | "mobilenet-v2"
  | "resnet18"
  | "resnet34"
  | "resnet50"
  | "resnet101"
  | "resnet38";

/** Their names. */
export const encoderNames: readonly EncoderName[] = [
  "mobilenet-v2",
  "resnet18",
  "resnet34",
  "resnet50",
  "resnet101",
  "resnet38",
];

/** How one and the same network was trained, by the program that did it. */
export type Variant = "tensorflow" | "torchvision";

/** What differs between two programs that train the same network. */
export interface VariantRule {
  /** Where layers that stride pad: at the end of rows and columns alone, or at both. */
  readonly padding: "end" | "both";
  /** What is subtracted from images, on the scale 0..1, and divided by. */
  readonly normalisation: {
    readonly mean: readonly [red: number, green: number, blue: number];
    readonly deviation: readonly [red: number, green: number, blue: number];
  };
  /** What is added to the variances of batch norms. */
  readonly epsilon: number;
}

/** The variants of MobileNetV2; files without a note, and old runs, are TensorFlow's. */
export const variants: Readonly<Record<Variant, VariantRule>> = {
  tensorflow: {
    padding: "end",
    normalisation: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
    epsilon: 1e-3,
  },
  torchvision: {
    padding: "both",
    normalisation: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
    epsilon: 1e-5,
  },
};
