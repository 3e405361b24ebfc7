/** Weights that anybody may download and that are known to work. */
export interface PublicWeights {
  /** The name that `--weights` takes once they are fetched. */
  readonly name: string;
  /** The encoder that they are of. */
  readonly network: string;
  /** The name of the file; its last eight digits begin its SHA-256, as the publisher gives it. */
  readonly file: string;
  /** The address of the folder in which it is published. */
  readonly from: string;
  /** Its bytes to a thousandth of a MiB, as the publisher gives them. */
  readonly size: number;
  /** What they may be used for. */
  readonly licence: string;
}

const torchvision = {
  from: "https://download.pytorch.org/models/",
  licence: "BSD-3-Clause (torchvision); trained on ImageNet, whose terms may apply",
};

/** Every file that `weights fetch` knows. */
export const publicWeights: readonly PublicWeights[] = [
  ["mobilenet-v2", "mobilenet_v2-b0353104.pth", 13.555],
  ["resnet18", "resnet18-f37072fd.pth", 44.661],
  ["resnet34", "resnet34-b627a593.pth", 83.275],
  ["resnet50", "resnet50-0676ba61.pth", 97.781],
  ["resnet101", "resnet101-63fe2227.pth", 170.511],
].map(([name, file, mebibytes]) => {
  const size = Math.round(mebibytes as number * 2 ** 20);
  return { ...torchvision, name, network: name, file, size } as PublicWeights;
});

/** By how many bytes their sizes may be wrong: a thousandth of a MiB, rounded up. */
export const ROUNDED = 1049;

/** The first digits of a file's SHA-256, as its name gives them. */
export function digestOf({ file }: PublicWeights): string {
  return /-([0-9a-f]{8})\.\w+$/.exec(file)![1];
}
