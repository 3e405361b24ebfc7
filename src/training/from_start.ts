import { isAbsolute, join, resolve } from "@std/path";
import { isFile } from "../files/is_file.ts";
import { isFolder } from "../files/is_folder.ts";
import { parseJson } from "../files/json.ts";
import { linesOf, readText } from "../files/read_bytes.ts";
import { names } from "./run.ts";

/** The options that may be paths, with what of them is none whatever lies in the folder. */
const paths: Readonly<Record<string, RegExp>> = {
  ...{ data: /^$/, truth: /^$/, classes: /^$/, cache: /^$/, out: /^$/, predictions: /^$/ },
  ...{ scores: /^$/, knowledge: /^$/, certain: /^$/, decisions: /^$/, advice: /^crf$/ },
  ...{ list: /^[^/\\.]+$/, labels: /^(folders|names|masks)$/, weights: /^[^/\\.]+$/ },
};

/** Options whose relative paths were sought from elsewhere. */
export type Seen<Config> = Config & {
  /** What a path that was found was given as: what is noted of options must not change with the folder. */
  readonly asGiven?: ReadonlyMap<string, string>;
};

/**
 * The options of a run with its relative paths as they are to be found from the working folder, where the
 * run was started in another one. What is not there from that folder stays as it is.
 */
export async function fromStart<Config extends object>(
  run: string,
  config: Config,
): Promise<Seen<Config>> {
  return await fromFolder(await startOf(run), config);
}

/** The same for options that were given in the folder `from`; as they are where it is not known. */
export async function fromFolder<Config extends object>(
  from: string | undefined,
  config: Config,
): Promise<Seen<Config>> {
  if (from === undefined || from === resolve(".")) return config;
  const asGiven = new Map<string, string>();
  const seen = async (key: string, value: unknown): Promise<unknown> => {
    if (typeof value !== "string" || isAbsolute(value) || paths[key].test(value)) return value;
    const path = join(from, value);
    if (!await isFolder(path) && !await isFile(path)) return value;
    asGiven.set(path, value);
    return path;
  };
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (!(key in paths)) continue;
    const several = key === "advice" && Array.isArray(value);
    found[key] = several
      ? await Promise.all(value.map((one) => seen(key, one)))
      : await seen(key, value);
  }
  return { ...config, ...found, asGiven };
}

/** The folder in which a run was started or last resumed; runs of earlier versions do not say it. */
async function startOf(run: string): Promise<string | undefined> {
  const path = join(run, names.starts);
  if (!await isFile(path)) return undefined;
  const lines = linesOf(await readText(path)).filter((line) => line.trim() !== "");
  try {
    const { folder } = Object(parseJson(lines.at(-1) ?? ""));
    return typeof folder === "string" ? folder : undefined;
  } catch {
    return undefined; // cut short
  }
}
