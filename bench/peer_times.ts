// Runs in a process of its own without the project's configuration and lock file (see peers.ts):
// imports one peer from npm, times it and prints the milliseconds of every case as JSON. The
// specifiers are in variables so that the type check does not follow them.

/** A case: a product of square matrices, or a convolution that keeps the size of its image. */
export interface PeerCase {
  /** As in the other tables. */
  readonly name: string;
  /** Rows and columns of both matrices; otherwise a convolution. */
  readonly square?: number;
  /** `[batch, input channels, size, output channels, kernel]`. */
  readonly conv?: readonly [n: number, i: number, size: number, o: number, k: number];
}

/** Computes a case so many times, then waits for the end of all. */
export type Batch = (count: number) => Promise<void>;

/** Milliseconds of one call, the median of five batches of half a second each. */
export async function median(batch: Batch): Promise<number> {
  const time = async (count: number) => {
    const start = performance.now();
    await batch(count);
    return (performance.now() - start) / count;
  };
  await time(1); // compiles
  const count = Math.max(2, Math.min(20, Math.ceil(500 / Math.max(1, await time(1) - 10))));
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push(await time(count));
  return times.sort((a, b) => a - b)[2];
}

/** A peer's batch of a case, which is checked once before it is timed. */
type Prepare = (test: PeerCase) => Promise<Batch>;

const half = (length: number) => new Float32Array(length).fill(0.5);

/** Throws unless the middle of a result is the sum of that many products of 0.5 and 0.5. */
function verify({ name, square, conv }: PeerCase, values: ArrayLike<number>, index: number): void {
  const terms = conv ? conv[1] * conv[4] ** 2 : square!;
  if (Math.abs(values[index] - terms / 4) > 1e-3 * terms) {
    throw new Error(`${name} gives ${values[index]} instead of ${terms / 4}`);
  }
}

async function tfjs(): Promise<Prepare> {
  const [core, backend] = ["tfjs-core", "tfjs-backend-webgpu"].map((name) =>
    `npm:@tensorflow/${name}@4.22.0`
  );
  const tf = await import(core);
  await import(backend); // registers itself
  if (!await tf.setBackend("webgpu")) throw new Error("its WebGPU backend does not start");
  await tf.ready();
  return async (test) => {
    const [n, i, size, o, k] = test.conv ?? [];
    const side = test.square!;
    const xs = test.conv ? [n, size, size, i] : [side, side]; // NHWC, its own layout
    const ws = test.conv ? [k, k, i, o] : [side, side];
    const [x, w] = [xs, ws].map((shape) =>
      tf.tensor(half(shape.reduce((a, b) => a! * b!, 1)!), shape)
    );
    const op = () => test.conv ? tf.conv2d(x, w, 1, "same") : tf.matMul(x, w);
    const y = op();
    const values = await y.data();
    verify(test, values, test.conv ? (size! * (size! >> 1) + (size! >> 1)) * o! : 0);
    y.dispose();
    return async (count) => {
      for (let j = 1; j < count; j++) op().dispose();
      const last = op();
      const corner = tf.slice(last, last.shape.map(() => 0), last.shape.map(() => 1));
      await corner.data();
      for (const tensor of [last, corner]) tensor.dispose();
    };
  };
}

async function jaxJs(): Promise<Prepare> {
  const specifier = "npm:@jax-js/jax@0.1.25";
  const jax = await import(specifier);
  if (!(await jax.init("webgpu")).includes("webgpu")) {
    throw new Error("its WebGPU backend does not start");
  }
  jax.defaultDevice("webgpu");
  const { numpy: np, lax } = jax;
  return async (test) => {
    const [n, i, size, o, k] = test.conv ?? [];
    const side = test.square!;
    const xs = test.conv ? [n, i, size, size] : [side, side];
    const ws = test.conv ? [o, i, k, k] : [side, side];
    const [x, w] = [xs, ws].map((shape) =>
      np.array(half(shape.reduce((a, b) => a! * b!, 1)!)).reshape(shape)
    );
    await jax.blockUntilReady([x, w]);
    const op = jax.jit((a: unknown, b: unknown) =>
      test.conv ? lax.conv(a, b, [1, 1], "SAME") : np.matmul(a, b)
    );
    const values = await op(x.ref, w.ref).data(); // takes the result
    verify(test, values, test.conv ? size! * (size! >> 1) + (size! >> 1) : 0);
    return async (count) => {
      const results = Array.from({ length: count }, () => op(x.ref, w.ref));
      await jax.blockUntilReady(results);
      for (const y of results) y.dispose();
    };
  };
}

if (import.meta.main) {
  const [peer, cases] = Deno.args;
  const times: Record<string, number> = {};
  try {
    const prepare = await ({ tfjs, "jax-js": jaxJs }[peer]!)();
    for (const test of JSON.parse(cases) as PeerCase[]) {
      times[test.name] = await median(await prepare(test));
    }
    console.log(JSON.stringify({ times }));
    Deno.exit(0);
  } catch (error) {
    const [reason] = `${error instanceof Error ? error.message : error}`.split("\n");
    console.log(JSON.stringify({ reason }));
    Deno.exit(1);
  }
}
