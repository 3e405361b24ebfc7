import { fromFileUrl } from "@std/path";
import type { Device } from "../src/gpu/mod.ts";
import { type Tensor, untracked } from "../src/tensor/mod.ts";
import { conv2d, matmul } from "../src/wgsl/mod.ts";
import { median, type PeerCase } from "./peer_times.ts";
import { noise } from "./rates.ts";

const cases: readonly PeerCase[] = [
  { name: "matmul 1024^3", square: 1024 },
  { name: "3x3 64>64 56x56", conv: [4, 64, 56, 64, 3] },
  { name: "3x3 32>32 112x112", conv: [4, 32, 112, 32, 3] },
  { name: "1x1 256>64 28x28", conv: [4, 256, 28, 64, 1] },
];

/** The forward pass of a case here and by other libraries that compute by WebGPU. */
export interface PeerRate {
  /** The case. */
  readonly name: string;
  /** Floating-point operations. */
  readonly flop: number;
  /** Median milliseconds by library; nothing for one that is not available. */
  readonly ms: Readonly<Record<string, number | undefined>>;
}

/** What a peer's process says: the milliseconds by case, or why there are none. */
interface Answer {
  readonly times?: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/** Forward passes beside tfjs and jax-js, which are fetched from npm, and why one is missing. */
export async function peerRates(
  device: Device,
): Promise<{ rates: readonly PeerRate[]; missing: Readonly<Record<string, string>> }> {
  const ours: number[] = [];
  for (const test of cases) ours.push(await own(device, test));
  const missing: Record<string, string> = {};
  const answers: Record<string, Answer> = {};
  for (const peer of ["tfjs", "jax-js"]) { // one after the other: they share the processor
    answers[peer] = await ask(peer);
    if (!answers[peer].times) missing[peer] = answers[peer].reason ?? "no answer";
  }
  const rates = cases.map(({ name, square, conv }, i) => {
    const flop = conv
      ? 2 * conv[0] * conv[2] ** 2 * conv[1] * conv[3] * conv[4] ** 2
      : 2 * square! ** 3;
    const ms = Object.entries(answers).map(([peer, { times }]) => [peer, times?.[name]]);
    return { name, flop, ms: { henka: ours[i], ...Object.fromEntries(ms) } };
  });
  return { rates, missing };
}

/** Median milliseconds of our own forward pass. */
async function own(device: Device, { square, conv }: PeerCase): Promise<number> {
  const [n, i, size, o, k] = conv ?? [0, 0, 0, 0, 0];
  const x = noise(device, conv ? [n, i, size, size] : [square!, square!]);
  const w = noise(device, conv ? [o, i, k, k] : [square!, square!]);
  const op = (): Tensor => conv ? conv2d(x, w, { padding: (k - 1) / 2 }) : matmul(x, w);
  const ms = await median(async (count) => {
    for (let j = 0; j < count; j++) untracked(op).release();
    await device.idle();
  });
  for (const input of [x, w]) input.release();
  return ms;
}

/**
 * Times a peer in a process without configuration and lock file, so that neither learns of its
 * packages, and so that it may crash or hang.
 */
async function ask(peer: string): Promise<Answer> {
  const script = fromFileUrl(new URL("./peer_times.ts", import.meta.url));
  const flags = ["run", "-A", "--no-check", "--no-config", "--no-lock", "--quiet"];
  try {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [...flags, script, peer, JSON.stringify(cases)],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(300_000),
    }).output();
    const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
    return last.startsWith("{") ? JSON.parse(last) : { reason: `its process ended with ${code}` };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : `${error}` };
  }
}
