import { join, resolve } from "@std/path";
import * as z from "zod";
import { type Part, readParts } from "../files/parts.ts";
import { writeJson } from "../files/json.ts";
import { counted } from "../files/listed.ts";
import { type Command, command } from "../options/command.ts";
import { reportLines } from "./evaluation_report.ts";
import { changeTable, joinChanges, type SavedChanges } from "./mask_changes.ts";
import { joinMeasured, type MeasuredPart, reportOf } from "./measure_masks.ts";

const config = z.strictObject({
  folder: z.string().min(1).describe("Folder that a command with --shard has written to"),
});

/** Checks that all parts of a shared list are done, and joins what they say. */
export const merge: Command<typeof config> = command({
  name: "merge",
  summary: "Check that all parts of a list are done, and join their reports and evaluations.",
  example: "merge refined",
  config,
  argument: "folder",
  writes: ({ folder }) => Promise.resolve([folder]),
  async run({ folder }, context) {
    for (const parts of await readParts(folder)) {
      const [{ command: name }] = parts;
      const files = parts.reduce((sum, part) => sum + part.files.length, 0);
      context.log(`${name}: all ${parts.length} parts of ${counted(files, "photograph")} are done`);
      if (name === "evaluate") {
        const measured = joinMeasured(reports<MeasuredPart>(parts));
        const { report } = reportOf(measured);
        for (const line of reportLines(report)) context.log(line);
        const path = join(folder, "evaluation.json");
        await writeJson(path, { ...report, folder: resolve(".") });
        context.log(`Written to ${path}`);
      } else if (name === "crf" && parts.every(({ report }) => report !== undefined)) {
        const changes = joinChanges(reports<SavedChanges>(parts));
        for (const line of changeTable(changes)) context.log(line);
      }
    }
  },
});

function reports<T>(parts: readonly Part[]): T[] {
  return parts.map(({ report }) => report as T);
}
