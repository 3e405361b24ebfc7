import * as z from "zod";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { type Command, command, type Progress } from "../options/command.ts";
import { digestOf as digestOfFile, download } from "../weights/download.ts";
import { digestOf, publicWeights, ROUNDED } from "../weights/public_weights.ts";
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
    const { network, licence, size } = weights;
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
    const mebibytes = (bytes: number) => Math.round(10 * bytes / 2 ** 20) / 10;
    let display: Progress | undefined;
    await download({
      ...{ url, path, size, within: ROUNDED, digest: digestOf(weights), signal },
      waits: () => log(`Another process is fetching ${name}: waits for it`),
      progress(done) {
        // What an earlier call has fetched took no time.
        display ??= progress(`fetch ${name}, MiB`, mebibytes(size), mebibytes(done));
        display.update(mebibytes(done));
      },
    }).finally(() => display?.done());
    log(`${name} is in ${path}; --network ${network} --weights ${name} uses it.`);
    result?.({ ...about, fetched: true });
  },
});

function chosen(name: string) {
  return publicWeights.find((weights) => weights.name === name)!;
}
