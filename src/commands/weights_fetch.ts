import * as z from "zod";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { type Command, command } from "../options/command.ts";
import { digestOf as digestOfFile, download } from "../weights/download.ts";
import { digestOf, publicWeights } from "../weights/public_weights.ts";
import { fetchedFile, weightsFolder } from "../weights/weights_cache.ts";

const names = publicWeights.map(({ name }) => name);

const config = z.strictObject({
  name: z.enum(names).describe("Which of the files that weights list prints"),
  from: z.url({ protocol: /^https?$/ }).optional()
    .describe("Address of a folder that has the same file, such as a mirror"),
});

/** Downloads public weights once, for all projects of a user. */
export const weightsFetch: Command<typeof config> = command({
  name: "weights fetch",
  summary: "Download public weights, check them, and keep them so that --weights takes their name.",
  example: "weights fetch resnet50",
  config,
  argument: "name",
  connects: true,
  json: true,
  writes() {
    const folder = weightsFolder();
    return Promise.resolve(folder === undefined ? [] : [folder]);
  },
  async run({ name, from }, { log, progress, result, signal }) {
    const weights = chosen(name);
    const path = fetchedFile(weights);
    const { network, licence } = weights;
    const about = { name, network, path, licence, sha256: digestOf(weights) };
    if (path === undefined) {
      throw new InputError(
        "Cannot keep weights: nothing says where your files are kept. Set HOME or XDG_CACHE_HOME.",
      );
    }
    if (await isFile(path)) {
      const whole = (await digestOfFile(path)).startsWith(digestOf(weights));
      if (whole) {
        log(`${name} is there: ${path}`);
        return result?.({ ...about, fetched: false });
      }
      log(`${path} is not the published file: it is fetched again`);
    }
    const base = from ?? weights.from;
    const url = new URL(weights.file, base.endsWith("/") ? base : `${base}/`).href;
    const tenths = Math.round(10 * weights.size);
    const display = progress(`fetch ${name}, 0.1 MiB`, tenths);
    await download({
      ...{ url, path, digest: digestOf(weights), signal },
      most: Math.ceil((weights.size + 0.01) * 2 ** 20),
      progress: (done) => display.update(Math.min(tenths, Math.round(10 * done / 2 ** 20))),
    }).finally(() => display.done());
    log(`${name} is in ${path}; --network ${network} --weights ${name} uses it.`);
    result?.({ ...about, fetched: true });
  },
});

function chosen(name: string) {
  return publicWeights.find((weights) => weights.name === name)!;
}
