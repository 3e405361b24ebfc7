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

/** Milliseconds of one call, the least of several batches that are submitted and awaited at once. */
export async function least(device: Device, compute: () => Tensor, batches = 5): Promise<number> {
  const batch = async (count: number) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) compute().release();
    await device.idle();
    return performance.now() - start;
  };
  await batch(1);
  const count = Math.max(2, Math.min(50, Math.ceil(120 / Math.max(1, await batch(1) - 10))));
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

/** Whether PyTorch can be asked, and its times by case name; nothing where it is not installed. */
export async function torchTimes(
  cases: readonly object[],
): Promise<Readonly<Record<string, [number, number, number]>>> {
  const script = new URL("./torch_reference.py", import.meta.url).pathname;
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const child = new Deno.Command(python, {
        args: [script],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(JSON.stringify(cases)));
      await writer.close();
      const { success, stdout } = await child.output();
      if (success) return JSON.parse(new TextDecoder().decode(stdout));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.BrokenPipe)) {
        throw error;
      }
    }
  }
  return {};
}
