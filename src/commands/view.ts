import { join } from "@std/path";
import * as z from "zod";
import { openVoc } from "../data/sets/voc.ts";
import { InputError } from "../files/error.ts";
import { findMasks } from "../data/masks/find_masks.ts";
import { isFolder } from "../files/is_folder.ts";
import { counted, listed } from "../files/listed.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { inGroup } from "../options/groups.ts";
import { sayData } from "../options/say_data.ts";
import { portOption } from "../options/port_option.ts";
import { serve } from "../web/server/serve.ts";
import { findUnder, type Found } from "../web/view/find_runs.ts";
import { Gallery, type GallerySet } from "../web/view/gallery.ts";
import { RunWatcher } from "../web/view/run_watcher.ts";
import { setOfRuns } from "../web/view/set_of_runs.ts";
import { viewSite } from "../web/view/view_site.ts";

const config = z.strictObject({
  runs: z.string().default("runs").describe("Folder under which runs and masks are looked for"),
  ...inGroup("data", {
    data: z.string().optional()
      .describe("Folder of photographs for the gallery; that of the runs by default"),
    list: z.string().optional().describe("List of the photographs; that of the runs by default"),
    classes: z.string().optional().describe("File of class names, one a line"),
    truth: z.string().optional().describe("Folder of the true masks"),
  }),
  masks: z.array(z.string()).default([])
    .describe("Folders of masks (ID.png) elsewhere, which the gallery shows as well"),
  port: portOption,
});

/** Of how many sets that are not shown the runs are named. */
const SETS = 4;

/** Serves a page with live curves of runs and a gallery of masks. */
export const view: Command<typeof config> = command({
  name: "view",
  summary: "See runs while they train, and compare masks, on a page in the browser.",
  example: "view runs",
  config,
  argument: "runs",
  listens: true,
  async run({ runs: folder, masks, port, ...options }, context) {
    // Photographs and masks that are named are enough; runs may come later.
    if (!await isFolder(folder) && options.data === undefined) {
      throw new InputError(
        `Cannot view ${folder}: there is no such folder. Give the one that holds your runs, or --data.`,
      );
    }
    const found = await findUnder(folder);
    const set = await openSet(folder, found, options, context);
    const given = await Promise.all(
      masks.map(async (path) => (await findMasks(options.data ?? folder, path)).path),
    );
    const places = await Promise.all(given.map((path) => Deno.realPath(path)));
    const known = new Set<string>();
    for (const name of found.masks) {
      if (places.includes(await Deno.realPath(join(folder, name)))) known.add(name);
    }
    const others = given.filter((_, i) => places.indexOf(places[i]) === i);
    context.log(
      `${counted(found.runs.length, "run")} and ${counted(found.masks.length, "folder")} of ` +
        `pictures like masks under ${folder}`,
    );
    const gallery = new Gallery(set, folder, others, known);
    const startsWithGallery = found.runs.length === 0 && set.items.length > 0;
    const answer = viewSite({ folder, runs: new RunWatcher(folder), gallery, startsWithGallery });
    const { signal, log } = context;
    await serve({
      ...{ answer, port, signal },
      opened: (address) => log(`Open ${address}\nCtrl-C ends it.`),
    });
  },
});

/** The photographs of the gallery: those that were given, else those of the newest run; none is no mistake. */
async function openSet(
  folder: string,
  { runs }: Found,
  { data, ...options }: { data?: string; list?: string; classes?: string; truth?: string },
  { log }: Pick<Context, "log">,
): Promise<GallerySet> {
  if (data !== undefined) {
    const voc = await openVoc(data, {
      ...options,
      masks: options.truth,
      list: options.list ?? "all",
    });
    sayData(log, voc);
    return voc;
  }
  const { voc, others } = await setOfRuns(folder, runs, options);
  if (voc) sayData(log, voc);
  const at = (run: string) => run === "" ? folder : join(folder, run);
  for (const { data, runs, problem } of others.slice(0, SETS)) {
    const why = problem ?? `--data ${data} shows them`;
    log(`Left out: masks of ${data} (${listed(runs.map(at))}); ${why}`);
  }
  const more = others.slice(SETS).map(({ data }) => data);
  if (more.length > 0) log(`Left out: masks of ${listed(more)}; --data shows those of one`);
  if (voc) return voc;
  const none = others.length > 0
    ? "of no run can they be read"
    : "no run under the folder names them";
  log(`No photographs for a gallery: ${none}. Give --data.`);
  return { items: [], classes: [] };
}
