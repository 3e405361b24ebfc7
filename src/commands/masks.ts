import { join } from "@std/path";
import { certainMasks } from "../data/decisions/certain_masks.ts";
import { InputError } from "../files/error.ts";
import { isFile } from "../files/is_file.ts";
import { readJson } from "../files/json.ts";
import { once } from "../files/made_with.ts";
import { type Command, command } from "../options/command.ts";
import { openData } from "../options/data_options.ts";
import { flagOf, optionsOf } from "../options/schema.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { trainedRecipe } from "../options/trained_recipe.ts";
import { Forecast } from "./forecast.ts";
import { masksConfig } from "./masks_config.ts";
import { type Step, stepsOf } from "./masks_steps.ts";
import { compareMasks } from "./masks_table.ts";

/**
 * The whole way from photographs with image labels to masks and a network; each step goes on where it
 * was stopped, and what is finished with the same options is kept.
 */
export const masks: Command<typeof masksConfig> = command({
  name: "masks",
  summary:
    "From image labels to masks and a network: seeds, static refinement, a network, its masks.",
  example: "masks --data DIR --network mobilenet-v2 --weights W --out runs/masks",
  config: masksConfig,
  async settled(config, given, log) {
    const { out } = config;
    const found = await preferredEncoder({ ...config, out: join(out, "seeds") }, given, log);
    return { ...trainedRecipe(found, given, log), out };
  },
  async run(config, context) {
    const voc = await openData(config); // a wrong path must not cost what is there
    const { certain, certainShare, decisions } = config; // nor be told when the seeds are made
    await certainMasks(voc, { certain, certainShare, decisions }, context.log);
    const steps = stepsOf(config, context);
    if (config.networkAdvice === undefined && steps.some(({ name }) => name === "adviser")) {
      context.log(
        "A network whose encoder is trained advises beside the CRF, in a fifth of the time; " +
          "--no-network-advice leaves it out.",
      );
    }
    const forecast = new Forecast(steps, context.log);
    for (const step of steps) {
      const { name, note, options, work, clear } = step;
      forecast.begin(name);
      if (!config.overwrite) await requireSame(step, config.out);
      let worked = false;
      await once(note, options, async () => {
        worked = true;
        await work();
        return true;
      }, clear);
      forecast.end(worked);
    }
    const [walk, refined, final] = ["seeds/walk/masks", "refined", "masks"]
      .map((name) => join(config.out, name));
    await compareMasks({ walk, refined, masks: final }, config, config.out, context);
    context.log(
      `${voc.items.length} masks in ${refined}, a network that has learnt from them in ` +
        `${join(config.out, "network")}, and its own masks of the same photographs in ${final}`,
    );
  },
});

/**
 * Checks that a step was begun with the same options, if it was.
 *
 * @throws {InputError} that names the first option that is another.
 */
async function requireSame({ note, options, name, group }: Step, out: string): Promise<void> {
  if (!await isFile(note)) return;
  const saved: { options?: Partial<Step["options"]> } = await readJson(note);
  // Who advises follows from one option of the whole.
  const own = ({ advice, ...rest }: Record<string, unknown> = {}) => {
    return { networkAdvice: advice !== undefined, ...rest };
  };
  const other = firstOther(own(saved.options?.made?.at(-1)), own(options.made.at(-1)));
  if (other === undefined) return;
  const { path, was, is } = other;
  const known = optionsOf(masksConfig).map(({ flag }) => flag);
  const flags = [path, [group, ...path]].map(flagOf).filter((flag) => known.includes(flag));
  const said = (value: unknown) =>
    typeof value === "string" ? value : JSON.stringify(value) ?? "open";
  throw new InputError(
    `Cannot go on with ${name} in ${out}: ${flags.map((flag) => `--${flag}`).join(" or ")} was ` +
      `${said(was)} and is now ${said(is)}. Give --overwrite, or another --out.`,
  );
}

/** The first value that differs, and where in both it is. */
function firstOther(
  was: unknown,
  is: unknown,
  path: readonly string[] = [],
): { readonly path: readonly string[]; readonly was: unknown; readonly is: unknown } | undefined {
  if (JSON.stringify(was) === JSON.stringify(is)) return undefined;
  const isGroup = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isGroup(was) || !isGroup(is)) return { path, was, is };
  for (const key of new Set([...Object.keys(is), ...Object.keys(was)])) {
    const other = firstOther(was[key], is[key], [...path, key]);
    if (other !== undefined) return other;
  }
  return undefined; // the same, in another order
}
