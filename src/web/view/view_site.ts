import { events, lines, missing, packed, page, photograph, picture } from "../server/answers.ts";
import { fileUnder } from "../server/file_under.ts";
import { maskBytes } from "../server/mask_bytes.ts";
import type { Serving, Visit } from "../server/serve.ts";
import type { Gallery } from "./gallery.ts";
import type { RunWatcher } from "./run_watcher.ts";
import { viewPage } from "./view_page.ts";

/** What a view shows. */
export interface View {
  /** The folder with the runs; of its files pictures alone are handed out. */
  readonly folder: string;
  /** Its runs. */
  readonly runs: RunWatcher;
  /** Masks of the photographs. */
  readonly gallery: Gallery;
  /** Whether there is no run, so that the gallery comes first. */
  readonly startsWithGallery: boolean;
}

/** The answers of `view`. */
export function viewSite(view: View): Serving["answer"] {
  const { folder, runs, gallery } = view;
  return async ({ method, path: [what, ...rest] }: Visit) => {
    if (method !== "GET") return missing();
    if (what === undefined) {
      const { startsWithGallery } = view;
      return page(viewPage({ gallery: await gallery.summary(), startsWithGallery }));
    }
    if (what === "events") return events((send) => runs.listen((news) => send("runs", news)));
    if (what === "file") return picture(await fileUnder(folder, rest));
    if (what === "photograph") return photograph(gallery.photograph(rest[0]));
    if (what === "figures") return lines(gallery.figures(rest[0], rest[1]));
    if (what !== "mask") return missing();
    const mask = await gallery.mask(rest[0], rest[1]);
    return mask ? packed(maskBytes(mask)) : missing();
  };
}
