import { join } from "@std/path";
import { writeImage } from "../data/images/image.ts";
import { enlarge } from "../data/images/picture.ts";
import { sheet } from "../data/images/sheet.ts";
import { readMask } from "../data/masks/mask.ts";
import { shownTruth } from "../eval/shown_truth.ts";
import type { Context } from "../options/command.ts";
import { readChanges } from "../scpp/changes.ts";
import { runPairs } from "../scpp/run_pairs.ts";
import { resultRow } from "../scpp/sheet.ts";

/**
 * Draws what became of the first photographs of a demo in the folder `out`, by the run of static
 * training and the refined masks.
 */
export async function drawDemo(
  path: string,
  { out, run, refined }: { readonly out: string; readonly run: string; readonly refined: string },
  context: Context,
): Promise<void> {
  const { list, classes } = await runPairs(run, context);
  const rows = list.slice(0, 8).map(async (pair) => {
    const changes = await readChanges(join(run, "changes"), pair.id);
    const mask = await readMask(join(refined, `${pair.id}.png`));
    const [photograph, ...others] = await resultRow(pair, changes, mask);
    const quick = await readMask(join(out, "seeds", "cam", "masks", `${pair.id}.png`));
    const judged = (await shownTruth(pair.truth, quick)).mask(quick, "activation maps");
    return [photograph, enlarge(judged, photograph.width / quick.width), ...others];
  });
  await writeImage(path, sheet(await Promise.all(rows), { classes }));
}
