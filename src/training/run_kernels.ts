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
 * same bits, and nothing is measured afterwards.
 */
export async function fixKernels(path: string, device: Device, context: Context): Promise<void> {
  const { choices } = device;
  const before = await noted(path, device);
  if (before) choices.replace(before);
  else {
    await tuneMissing(device, context);
    choices.replace(Object.entries(choicesOf(device)));
    // The first of several ranks says what the run has; one with another adapter has its own.
    if (!context.ranks || context.ranks.rank === 0) await noteKernels(path, device);
  }
  choices.measuring = false;
}

/**
 * Takes the kernels with which a folder's files were begun on the same adapter; others are measured when
 * they are first used.
 */
export async function takeKernels(folder: string, device: Device): Promise<void> {
  device.choices.begin();
  for (const [name, choice] of await noted(folder, device) ?? []) device.choices.set(name, choice);
}

/** Notes in a folder the kernels that made its files, with those that an earlier call noted. */
export async function noteKernels(folder: string, device: Device): Promise<void> {
  const { description, fingerprint } = device;
  const choices = {
    ...Object.fromEntries(await noted(folder, device) ?? []),
    ...choicesOf(device),
  };
  if (Object.keys(choices).length === 0) return;
  const kernels: Kernels = { device: description, fingerprint, choices };
  await writeJson(join(folder, names.kernels), kernels, { durable: true });
}

/** What a folder notes of this adapter. */
async function noted(
  folder: string,
  { fingerprint }: Device,
): Promise<[name: string, choice: string][] | undefined> {
  const file = join(folder, names.kernels);
  const before = await isFile(file) ? await readJson<Partial<Kernels>>(file) : undefined;
  return before?.fingerprint === fingerprint ? Object.entries(before.choices ?? {}) : undefined;
}
