import { join } from "@std/path";
import { certainMasks } from "../data/decisions/certain_masks.ts";
import { once } from "../files/made_with.ts";
import { type Command, command } from "../options/command.ts";
import { openData } from "../options/data_options.ts";
import { preferredEncoder } from "../options/preferred_encoder.ts";
import { sayingOnce } from "../options/say_data.ts";
import { trainedRecipe } from "../options/trained_recipe.ts";
import { Forecast } from "./forecast.ts";
import { masksConfig } from "./masks_config.ts";
import { asBegun, forgetLost, noteSet } from "./masks_before.ts";
import { stepsOf } from "./masks_steps.ts";
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
    const log = sayingOnce(context.log);
    await certainMasks(voc, { certain, certainShare, decisions }, log);
    const steps = stepsOf(config, voc.items.map(({ id }) => id), { ...context, log });
    await noteSet(voc, steps, config);
    if (config.networkAdvice === undefined && steps.some(({ name }) => name === "adviser")) {
      context.log(
        "A network whose encoder is trained advises beside the CRF, in a fifth of the time; " +
          "--no-network-advice leaves it out.",
      );
    }
    // Of all steps, before one has work.
    const settled = await Array.fromAsync(steps, (step) => asBegun(step, steps, config));
    const forecast = new Forecast(steps, context.log);
    for (const [i, step] of steps.entries()) {
      const { name, note, work, clear } = step;
      forecast.begin(name);
      await forgetLost(step, context.log);
      let worked = false;
      await once(note, settled[i], async () => {
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
