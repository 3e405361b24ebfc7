import { join } from "@std/path";
import { readLabels } from "../data/labels/labels.ts";
import type { Voc } from "../data/sets/voc.ts";
import { checksum } from "../files/checksum.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson, writeJson } from "../files/json.ts";
import { sameOption } from "../files/made_with.ts";
import { remove } from "../files/remove.ts";
import { flagOf, optionsOf } from "../options/schema.ts";
import { type MasksConfig, masksConfig } from "./masks_config.ts";
import type { Step } from "./masks_steps.ts";

// What an earlier call of masks has left: may this one go on from it?

/**
 * Notes of what photographs the steps are, and what they show. With `--overwrite`, what was done for
 * others is to be done again.
 *
 * @throws {InputError} when an earlier call had others.
 */
export async function noteSet(
  voc: Voc,
  steps: readonly Step[],
  { out, list, overwrite }: Pick<MasksConfig, "out" | "list" | "overwrite">,
): Promise<void> {
  const { labels } = await readLabels(voc);
  const shown = voc.items.map(({ id }) => labels.get(id));
  const sizes: number[] = [];
  for (const { image } of voc.items) sizes.push((await Deno.stat(image)).size);
  const set = {
    photographs: voc.listChecksum,
    labels: await checksum(JSON.stringify([voc.classes, shown])),
    sizes: await checksum(JSON.stringify(sizes)), // of files that were edited since
  };
  const note = join(out, "set.json");
  const before = { ...set, ...await isFile(note) ? await readJson<Partial<typeof set>>(note) : {} };
  const other = (Object.keys(set) as (keyof typeof set)[]).find((what) =>
    before[what] !== set[what]
  );
  if (other !== undefined && !overwrite) {
    const what = other === "labels" ? "labels" : "photographs";
    throw new InputError(
      `Cannot go on in ${out}: the ${what} of the list ${list} are not those that it was begun ` +
        "with. Give --overwrite, or another --out.",
    );
  }
  if (other !== undefined) {
    // The adviser's too, which may be left out this time.
    const names = [...steps.map(({ name }) => name), "adviser", "advice"];
    for (const name of names) await remove(join(out, `${name}.json`));
  }
  await writeJson(note, set);
}

/** Has a step done again of which something that it made is not there any more, and says so. */
export async function forgetLost(
  { note, outputs }: Step,
  log: (line: string) => void,
): Promise<void> {
  if (!await isFile(note) || !("result" in Object(await readJson(note)))) return;
  for (const path of outputs) {
    if (await isFile(path)) continue;
    log(`  ${path} is not there any more: the step is done again`);
    return await remove(note);
  }
}

/**
 * The options with which a step is done: those of an earlier call if they differ in nothing but how paths
 * are spelt.
 *
 * @throws {InputError} that names the first option of it, or of a step before, that is another; not
 * with `--overwrite`.
 */
export async function asBegun(
  { note, options, name }: Step,
  steps: readonly Step[],
  { out, overwrite }: Pick<MasksConfig, "out" | "overwrite">,
): Promise<Step["options"]> {
  const saved: { options?: Partial<Step["options"]> } = await isFile(note)
    ? Object(await readJson(note))
    : {};
  const [before, now] = [saved.options?.made, options.made];
  if (before === undefined) return options;
  // Who advises follows from one option of the whole, and adds two steps.
  const advised = { was: before.length > now.length, is: before.length < now.length };
  const other = before.length === now.length
    ? now.map((own, i) => {
      const other = firstOther(advisedBy(before[i]), advisedBy(own), []);
      return other && { ...other, group: steps[i].group };
    }).find((other) => other !== undefined)
    : { path: ["networkAdvice"], ...advised, group: steps[0].group };
  if (other === undefined) return { made: before };
  if (overwrite) return options;
  const { path, was, is, group } = other;
  const known = optionsOf(masksConfig).map(({ flag }) => flag);
  const flags = [path, [group, ...path]].map(flagOf).filter((flag) => known.includes(flag));
  const said = (value: unknown) =>
    typeof value === "string" ? value : JSON.stringify(value) ?? "open";
  throw new InputError(
    `Cannot go on with ${name} in ${out}: ${flags.map((flag) => `--${flag}`).join(" or ")} was ` +
      `${said(was)} and is now ${said(is)}. Give --overwrite, or another --out.`,
  );
}

function advisedBy({ advice, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { networkAdvice: advice !== undefined, ...rest };
}

/** A value that differs, and where in both it is. */
interface Other {
  readonly path: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

/** The first value that differs, other than in how a path is spelt. */
function firstOther(was: unknown, is: unknown, path: readonly string[]): Other | undefined {
  if (sameOption(was, is)) return undefined;
  const isGroup = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isGroup(was) || !isGroup(is)) return { path, was, is };
  for (const key of new Set([...Object.keys(is), ...Object.keys(was)])) {
    const other = firstOther(was[key], is[key], [...path, key]);
    if (other !== undefined) return other;
  }
  return undefined; // the same, in another order
}
