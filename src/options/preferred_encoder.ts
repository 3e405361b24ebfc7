import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson } from "../files/json.ts";
import { readEncoder } from "../weights/encoder_file.ts";
import { publicWeights } from "../weights/public_weights.ts";
import { fetchedFile } from "../weights/weights_cache.ts";
import { type BackboneChoice, backboneOptions } from "./backbone_options.ts";

/** What decides which encoder is meant where `--network` is left open. */
export interface OpenEncoder extends Pick<BackboneChoice, "network" | "weights"> {
  /** Folder of the run, or of the runs of `seeds`. */
  readonly out: string;
  /** Whether a run that is there is replaced. */
  readonly overwrite: boolean;
  /** A run that it begins with. */
  readonly start?: string;
}

/**
 * The options with the encoder that serves best where `--network` was not given: that of the run which is
 * gone on with or begun from, that of the file of `--weights`, else fetched weights of the user's cache.
 * Says which, and without any what would help.
 *
 * @param given the options as they were written
 */
export async function preferredEncoder<Config extends OpenEncoder>(
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
    if (before.network !== config.network) {
      log(`Takes the network of ${run}: --network ${before.network}`);
    }
    return { ...config, ...before, ...(weights !== undefined && { weights }) };
  }
  if (weights !== undefined) {
    const network = await networkOf(weights);
    if (network === undefined) return config;
    log(`Takes the network of ${weights}: --network ${network}`);
    return { ...config, network };
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

/** The encoder of a run that is there, as far as its options tell. */
async function encoderOf(run: string) {
  const path = join(run, "config.json");
  if (!await isFile(path)) return undefined;
  const { network, weights } = await readJson(path);
  const read = backboneOptions.network.safeParse(network);
  if (!read.success) return undefined;
  return { network: read.data, weights: typeof weights === "string" ? weights : undefined };
}

/** Which network a file of weights is of; undefined where no layout says it, as of an encoder-decoder. */
async function networkOf(weights: string) {
  try {
    return (await readEncoder(weights)).layout.network;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
