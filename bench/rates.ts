import { fromFileUrl } from "@std/path";
import type { Device } from "../src/gpu/mod.ts";
import { parameter, sizeOf, type Tensor, untracked } from "../src/tensor/mod.ts";

/** What one op of two inputs costs, staging and reductions included. */
export interface Rate {
  /** The case. */
  readonly name: string;
  /** Floating-point operations of each pass. */
  readonly flop: number;
  /** Milliseconds forward, by the first input, by the second. */
  readonly ms: readonly [forward: number, first: number, second: number];
  /** PyTorch's with one thread, where it is installed. */
  readonly torch?: readonly [forward: number, first: number, second: number];
  /** The naive loop's forward pass, where it was measured. */
  readonly naive?: number;
}

/** A tensor of pseudo-random values that is trained. */
export function noise(device: Device, shape: readonly number[]): Tensor {
  const values = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => (i * 7919 % 1009) / 1009 - 0.5,
  );
  return parameter(device, values, shape);
}

/**
 * Milliseconds of one call, the least of several batches that are submitted and awaited at once; a
 * batch takes half a second, so that the 11 ms which Deno takes to notice its end weigh little.
 */
export async function least(device: Device, compute: () => Tensor, batches = 4): Promise<number> {
  const batch = async (count: number) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) compute().release();
    await device.idle();
    return performance.now() - start;
  };
  await batch(1);
  const count = Math.max(2, Math.min(100, Math.ceil(500 / Math.max(1, await batch(1) - 10))));
  let best = Infinity;
  for (let i = 0; i < batches; i++) best = Math.min(best, await batch(count) / count);
  return best;
}

/** The three passes of an op of two inputs. */
export async function passes(
  device: Device,
  a: Tensor,
  b: Tensor,
  op: (a: Tensor, b: Tensor) => Tensor,
): Promise<[number, number, number]> {
  const forward = await least(device, () => untracked(() => op(a, b)));
  const y = op(a, b);
  const dy = noise(device, y.shape);
  const pull = (input: Tensor) => {
    const { pullback } = y.edges.find((edge) => edge.input === input)!;
    return least(device, () => pullback(dy));
  };
  const times: [number, number, number] = [forward, await pull(a), await pull(b)];
  for (const x of [y, dy]) x.release();
  return times;
}

/** Several timings of the same thing, in milliseconds. */
export interface Spread {
  /** The least. */
  readonly least: number;
  /** Half took longer. */
  readonly median: number;
}

/** The least and the middle of some timings. */
export function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  return { least: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

/** PyTorch's answers by case name (see torch_reference.py); nothing where it is not installed. */
export async function torchTimes<T = [number, number, number]>(
  cases: readonly object[],
): Promise<Readonly<Record<string, T>>> {
  const script = fromFileUrl(new URL("./torch_reference.py", import.meta.url));
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const child = new Deno.Command(python, {
        args: [script],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      // A Python without PyTorch ends before it has read the cases.
      const sent = new Blob([JSON.stringify(cases)]).stream().pipeTo(child.stdin).catch(() => {});
      const { success, stdout } = await child.output();
      await sent;
      if (success) return JSON.parse(new TextDecoder().decode(stdout));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return {};
}
