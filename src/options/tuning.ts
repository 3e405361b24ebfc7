import { join } from "@std/path";
import { isFile } from "../files/is_file.ts";
import { readJson, writeJson } from "../files/json.ts";
import { userCache, variable } from "../files/user_cache.ts";
import { version } from "../files/version.ts";
import type { Device } from "../gpu/device.ts";
import { tune } from "../gpu/tune.ts";
import type { Context } from "./command.ts";

/** What is kept of the kernels that were measured on an adapter. */
interface Kept {
  /** Of which version of henka. */
  readonly henka: string;
  /** What the adapter calls itself. */
  readonly device: string;
  /** By class of shapes, the fastest way. */
  readonly choices: Readonly<Record<string, string>>;
}

/** Where choices are kept; undefined where nothing says where the user's cache is. */
export function tuningFolder(): string | undefined {
  return userCache("tuning");
}

/** Whether kernels may be chosen by measuring: HENKA_TUNE=0 says no. */
export function mayTune(): boolean {
  return variable("HENKA_TUNE") !== "0";
}

/**
 * Takes the choices that were measured on this adapter before, and lets what is missing be measured. A
 * software adapter has no kernels to choose from, and one without timestamps cannot tell them apart.
 */
export async function openTuning(
  device: Device,
  context: Pick<Context, "progress" | "log" | "signal">,
  folder = tuningFolder(),
): Promise<void> {
  if (folder === undefined || device.texels || device.software || !device.timed) return;
  for (const [name, choice] of await kept(device, folder)) device.choices.set(name, choice);
  device.choices.measure = (device) => tuneMissing(device, context, folder);
  device.choices.measuring = true;
}

/** Measures what was asked for and has no choice, where {@linkcode openTuning} lets it, and keeps it. */
export async function tuneMissing(
  device: Device,
  { progress, log, signal }: Pick<Context, "progress" | "log" | "signal">,
  folder: string | undefined = tuningFolder(),
): Promise<void> {
  const { choices } = device;
  if (!choices.measuring || choices.missing.size === 0) return;
  for (const [name, choice] of folder === undefined ? [] : await kept(device, folder)) {
    if (choices.missing.has(name)) choices.set(name, choice);
  }
  if (choices.missing.size === 0) return;
  const display = progress("measuring kernels", choices.missing.size);
  try {
    await tune(device, {
      signal,
      shown: (done, _, name, choice) => display.update(done, `${name}: ${choice}`),
    });
  } finally {
    display.done();
    if (folder !== undefined) await keep(device, folder, log);
  }
}

/** The ways that a device runs kernels, for a run folder: what was asked for so far. */
export function choicesOf(device: Device): Record<string, string> {
  return Object.fromEntries(device.choices.entries("asked"));
}

/** Keeps the choices of a device, with those that other programs kept meanwhile. */
async function keep(device: Device, folder: string, log: (line: string) => void): Promise<void> {
  const before = await kept(device, folder);
  const choices = Object.fromEntries([...before, ...device.choices.entries()]);
  const all: Kept = { henka: version, device: device.description, choices };
  try {
    await writeJson(fileOf(device, folder), all);
  } catch (error) {
    log(`The kernels that were measured are not kept for later: ${(error as Error).message}`);
  }
}

/** What was kept; nothing where it is damaged or of another version: it is measured again. */
async function kept(device: Device, folder: string): Promise<[string, string][]> {
  const path = fileOf(device, folder);
  if (!await isFile(path)) return [];
  const { henka, choices } = await readJson<Partial<Kept>>(path).catch(() => ({}) as Partial<Kept>);
  if (henka !== version || typeof choices !== "object") return [];
  return Object.entries(choices).filter(([, choice]) => typeof choice === "string");
}

function fileOf({ fingerprint }: Device, folder: string): string {
  return join(folder, `${fingerprint}.json`);
}
