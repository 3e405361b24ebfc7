/** The worker of `onOwnDevices`: does one kind of work, photograph by photograph, on its device. */
import type { ClassifierConfig } from "../cam/classifier_config.ts";
import { classifierEncoder } from "../cam/classifier_inputs.ts";
import { buildClassifier } from "../cam/classifier_network.ts";
import { type Maps, mapsOfAll, type MapsSetting } from "../cam/write_maps.ts";
import type { LabelledImage } from "../cam/labelled_images.ts";
import { trainedClassifier } from "../cam/trained_classifier.ts";
import { loadedInTurn } from "../data/augment/load_example.ts";
import { serveJobs } from "../data/augment/serve_jobs.ts";
import type { Mask } from "../data/masks/mask.ts";
import { type CrfOptions, DenseCrf } from "../crf/mod.ts";
import { InputError } from "../files/error.ts";
import { Device, DeviceError } from "../gpu/mod.ts";
import { mistakeOf } from "../options/mistake.ts";
import type { TrainedOptions } from "../options/trained_options.ts";
import { affinityInputs, type AffinitySample } from "../psa/inputs.ts";
import { type LabelSetting, labelsOfAll } from "../psa/make_labels.ts";
import { buildAffinityNetworks } from "../psa/networks.ts";
import type { NetworkOptions } from "../psa/options.ts";
import { trainedAffinity } from "../psa/trained_affinity.ts";
import { type MasksSetting, walkAll, type WalkItem } from "../psa/walks.ts";
import type { Item } from "./crf_items.ts";
import { type Decided, decideMasks, type Reading } from "./crf_masks.ts";
import {
  type FeatureEncoder,
  type FeatureShapes,
  featuresOfAll,
  type PackedFeatures,
  type ViewedImage,
} from "../training/features.ts";
import type { DeviceJob } from "./own_devices.ts";

type TrainedWith = TrainedOptions & { readonly data?: string };

/** Whose frozen encoder computes features, as it is before the training. */
type Encoders =
  | { readonly classifier: ClassifierConfig; readonly classes: number }
  | { readonly affinity: NetworkOptions };

/** Makes ready what the work on all photographs needs, and gives what does one. */
export interface Kinds {
  /** The features of a photograph that a training keeps. */
  features(
    device: Device,
    setting: Encoders & { readonly shapes: FeatureShapes },
  ): Promise<(image: ViewedImage) => AsyncIterable<PackedFeatures>>;
  /** The activation maps of a photograph. */
  maps(
    device: Device,
    setting: MapsSetting & {
      readonly trained: TrainedWith;
      readonly classes: number;
    },
  ): Promise<(image: LabelledImage) => AsyncIterable<Maps>>;
  /** The affinity labels of a photograph. */
  labels(
    device: Device,
    setting: LabelSetting,
  ): Promise<(sample: AffinitySample) => AsyncIterable<Mask>>;
  /** A photograph whose labels the dense CRF decides. */
  crf(
    device: Device,
    setting: { readonly crf: CrfOptions; readonly reading: Reading },
  ): Promise<(item: Item) => AsyncIterable<Decided>>;
  /** A photograph whose walked scores and masks are written. */
  walk(
    device: Device,
    setting: Omit<MasksSetting, "walker"> & {
      readonly trained: TrainedWith;
      readonly crf?: CrfOptions;
    },
  ): Promise<(item: WalkItem) => AsyncIterable<WalkItem>>;
}

const kinds: Kinds = {
  async features(device, { shapes, ...of }) {
    const encoder = await encoderOf(device, of);
    return (image) => featuresOfAll(device, encoder, [image], shapes, loadedInTurn);
  },
  async maps(device, { trained, classes, ...setting }) {
    const network = await (await trainedClassifier(trained)).load(device, classes);
    return (image) => mapsOfAll(network, [image], setting, loadedInTurn);
  },
  labels(device, setting) {
    const crf = new DenseCrf(device, setting.crf);
    return Promise.resolve((sample) => labelsOfAll(crf, setting, [sample]));
  },
  crf(device, { crf, reading }) {
    const dense = new DenseCrf(device, crf);
    return Promise.resolve((item) => decideMasks(dense, [item], reading));
  },
  async walk(device, { trained, crf, ...setting }) {
    const walker = await (await trainedAffinity(trained)).load(device);
    const dense = crf && new DenseCrf(device, crf);
    return (item) => walkAll(dense, { ...setting, walker }, [item]);
  },
};

async function encoderOf(device: Device, of: Encoders): Promise<FeatureEncoder> {
  if ("affinity" in of) {
    const networks = await buildAffinityNetworks(device, of.affinity);
    return affinityInputs(networks, of.affinity.imageSize).encoder;
  }
  return classifierEncoder(await buildClassifier(device, of.classifier, of.classes));
}

type Work = (item: unknown) => AsyncIterable<unknown>;
let ready: Promise<Work> | undefined;

async function prepare({ kind, kernels, setting }: DeviceJob): Promise<Work> {
  return await kinds[kind](await Device.open({ kernels }), setting as never) as Work;
}

serveJobs(async (job: DeviceJob) => {
  try {
    const work = await (ready ??= prepare(job));
    const [result] = await Array.fromAsync(work(job.item));
    return result;
  } catch (error) {
    // Errors lose their fields on the way: what they tell a person is said here.
    const mistake = error instanceof DeviceError ? undefined : mistakeOf(error);
    throw mistake === undefined ? error : new InputError(mistake);
  }
});
