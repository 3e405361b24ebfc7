import { join } from "@std/path";
import * as z from "zod";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson } from "../files/json.ts";
import { shown } from "../files/shown.ts";
import { type EncoderFile, encoderShape, isResNet, readEncoder } from "../weights/encoder_file.ts";
import { publicWeights } from "../weights/public_weights.ts";
import { readWeights } from "../weights/read_weights.ts";
import { fetchedFile } from "../weights/weights_cache.ts";
import { type BackboneChoice, backboneOptions } from "./backbone_options.ts";
import { flagOf } from "./schema.ts";

/** What decides which encoder is meant where `--network` is left open. */
export interface OpenEncoder
  extends Pick<BackboneChoice, "network" | "weights" | "widthDivisor" | "dilate"> {
  /** Folder of the run, or of the runs of `seeds`. */
  readonly out: string;
  /** Whether a run that is there is replaced. */
  readonly overwrite: boolean;
  /** A run that it begins with. */
  readonly start?: string;
}

const is = (own: BackboneChoice["network"]) => (network: string) => network === own;
const isStrided = (network: string) => network === "mobilenet-v2" || isResNet(network);
/** Which networks an option is about. */
const ABOUT: Readonly<Record<string, (network: string) => boolean>> = {
  ...{ width: is("encoder-decoder"), depth: is("encoder-decoder"), widthDivisor: is("resnet38") },
  ...{ variant: is("mobilenet-v2"), outputStride: isStrided, trainFrom: isStrided },
  ...{ dilate: isResNet, trainNorms: isResNet },
};

/**
 * The options with the encoder that is meant, see {@linkcode openEncoder}. Says which of those that were
 * given are about another network.
 *
 * @param given the options as they were written
 * @throws {InputError} when the file of weights is missing, damaged or of no encoder that we have.
 */
export async function preferredEncoder<Config extends OpenEncoder>(
  config: Config,
  given: Readonly<Record<string, unknown>>,
  log: (line: string) => void,
): Promise<Config> {
  const found = await openEncoder(config, given, log);
  const idle = Object.keys(ABOUT).filter((key) =>
    given[key] !== undefined && !ABOUT[key](found.network)
  );
  if (idle.length > 0) {
    const flags = idle.map((key) => `--${flagOf([key])}`).join(", ");
    log(`Left aside: ${flags}, which ${found.network} does not have.`);
  }
  return found;
}

/**
 * The options with the encoder that serves best where `--network` was not given: that of the run which is
 * gone on with or begun from, that of the file of `--weights`, else fetched weights of the user's cache.
 * Says which, and without any what would help.
 *
 * @param given the options as they were written
 * @throws {InputError} when the file of weights is missing, damaged or of no encoder that we have.
 */
async function openEncoder<Config extends OpenEncoder>(
  config: Config,
  given: Readonly<Record<string, unknown>>,
  log: (line: string) => void,
): Promise<Config> {
  if (given.network !== undefined) {
    const { network, weights } = config;
    if (weights === undefined && await isFetched(network)) {
      log(`Weights of ${network} were fetched: --weights ${network} would use them.`);
    }
    return config;
  }
  if (["width", "depth"].some((key) => given[key] !== undefined)) return config; // of encoder-decoder
  const { start, out, overwrite, weights } = config;
  const runs = [...(overwrite ? [] : [out, join(out, "classifier")]), ...(start ? [start] : [])];
  for (const run of runs) {
    const before = await encoderOf(run);
    if (before === undefined) continue;
    const taken = withShape({ ...config, weights: weights ?? before.weights }, before, given);
    if (taken.network !== config.network) log(`Takes the network of ${run}: ${flagsOf(taken)}`);
    return taken;
  }
  if (weights !== undefined) {
    const file = await encoderIn(weights);
    if (file === undefined) return config;
    const taken = withShape(config, encoderShape(file), given);
    const { prefix, others } = file;
    const among = others.length > 0 ? `; of its encoders that after "${shown(prefix)}"` : "";
    log(`Takes the network of ${weights}: ${flagsOf(taken)}${among}`);
    return taken;
  }
  for (const { name, network } of publicWeights) {
    if (!await isFetched(name)) continue;
    log(
      `Takes weights that were fetched: --network ${network} --weights ${name} (--network ` +
        `${config.network} begins with none)`,
    );
    return { ...config, network, weights: name };
  }
  const [{ name, size }] = publicWeights;
  log(
    `Begins with no pre-trained weights, with a small network. On photographs they help much: ` +
      `"weights fetch ${name}" downloads some (${
        Math.ceil(size / 2 ** 20)
      } MiB), which are then used.`,
  );
  return config;
}

async function isFetched(name: string): Promise<boolean> {
  const known = publicWeights.find((weights) => weights.name === name);
  const path = known && fetchedFile(known);
  return path !== undefined && await isFile(path);
}

type Shape = Pick<OpenEncoder, "network" | "widthDivisor" | "dilate">;

/** The options with another network, and what belongs to it where that was not given. */
function withShape<Config extends OpenEncoder>(
  config: Config,
  { network, widthDivisor, dilate }: Shape,
  given: Readonly<Record<string, unknown>>,
): Config {
  return {
    ...{ ...config, network },
    ...(given.widthDivisor === undefined && { widthDivisor }),
    ...(given.dilate === undefined && { dilate }),
  };
}

function flagsOf({ network, widthDivisor, dilate }: Shape): string {
  const divided = network === "resnet38" && widthDivisor > 1;
  return `--network ${network}` + (divided ? ` --width-divisor ${widthDivisor}` : "") +
    (dilate ? "" : " --no-dilate");
}

const { network, widthDivisor, dilate, weights } = backboneOptions;
const encoder = z.object({ network, widthDivisor, dilate, weights });

/** The encoder of a run that is there, as far as its options tell. */
async function encoderOf(run: string) {
  const path = join(run, "config.json");
  if (!await isFile(path)) return undefined;
  return encoder.safeParse(await readJson(path)).data;
}

/** The encoder of a file of weights; undefined for an encoder-decoder of ours. */
async function encoderIn(weights: string): Promise<EncoderFile | undefined> {
  try {
    return await readEncoder(weights);
  } catch (error) {
    if (error instanceof InputError && await isOurs(weights)) return undefined;
    throw error;
  }
}

/** Whether a file has the tensors of an encoder-decoder, which stand in no layout. */
async function isOurs(weights: string): Promise<boolean> {
  const names = await readWeights(weights).then(({ tensors }) => [...tensors.keys()], () => []);
  return names.some((name) => /(^|\.)stem\.conv\.weight$/.test(name));
}
