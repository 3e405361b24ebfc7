import { join } from "@std/path";
import { isFile } from "../files/is_file.ts";
import { readJson, writeJson } from "../files/json.ts";
import type { Device } from "../gpu/mod.ts";
import type { Context } from "../options/command.ts";
import { choicesOf, tuneMissing } from "../options/tuning.ts";
import { names } from "./run.ts";

/** The kernels of a run: those of another adapter say nothing. */
interface Kernels {
  /** What the adapter calls itself. */
  readonly device: string;
  /** Which adapter it is. */
  readonly fingerprint: string;
  /** By class of shapes, the way that is run. */
  readonly choices: Readonly<Record<string, string>>;
}

/**
 * Fixes the kernels of a run, after a rehearsal of its steps: those with which it began, where it is
 * resumed on the same adapter; else what is fastest there. So a run that is resumed computes the
 * same bits.
 */
export async function fixKernels(path: string, device: Device, context: Context): Promise<void> {
  const { choices, description, fingerprint } = device;
  const file = join(path, names.kernels);
  const before = await isFile(file) ? await readJson<Partial<Kernels>>(file) : undefined;
  if (before?.fingerprint === fingerprint) choices.replace(Object.entries(before.choices ?? {}));
  else {
    await tuneMissing(device, context);
    const chosen = choicesOf(device);
    choices.replace(Object.entries(chosen));
    // The first of several ranks says what the run has; one with another adapter has its own.
    if (Object.keys(chosen).length === 0 || (context.ranks && context.ranks.rank > 0)) return;
    const kernels: Kernels = { device: description, fingerprint, choices: chosen };
    await writeJson(file, kernels, { durable: true });
  }
}
