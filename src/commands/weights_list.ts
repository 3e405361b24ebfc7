import * as z from "zod";
import { isFile } from "../files/is_file.ts";
import { type Command, command } from "../options/command.ts";
import { digestOf, publicWeights } from "../weights/public_weights.ts";
import { fetchedFile } from "../weights/weights_cache.ts";

const config = z.strictObject({});

/** Says which weights anybody may download. */
export const weightsList: Command<typeof config> = command({
  name: "weights list",
  summary: "Print public files of weights that are known to work.",
  example: "weights list",
  config,
  json: true,
  async run(_, { log, result }) {
    const found: object[] = [];
    for (const weights of publicWeights) {
      const { name, network, from, file, size, licence } = weights;
      const path = fetchedFile(weights);
      const there = path !== undefined && await isFile(path);
      found.push({
        ...{ name, network, url: `${from}${file}`, bytes: size, licence },
        sha256: digestOf(weights),
        fetched: there ? path : null,
      });
      log(`${name}${there ? ` (fetched: ${path})` : ""}`);
      log(`  for      --network ${network}`);
      log(
        `  file     ${from}${file}, ${(size / 2 ** 20).toFixed(1)} MiB, SHA-256 ${
          digestOf(weights)
        }...`,
      );
      log(`  licence  ${licence}`);
    }
    result?.(found);
    log('"weights fetch NAME" downloads one; then --weights NAME uses it.');
  },
});
